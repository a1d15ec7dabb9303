import { afterAll, describe, expect, test } from '@jest/globals';
import { documentedGet } from '../../testing/openapi.ts';
import { startReferenceServices } from '../../testing/reference-services.ts';
import type { StoredUser } from '../data/model.ts';

type User = StoredUser & { readonly avatarUrl: string };

const services = await startReferenceServices();
const get = documentedGet('users', services.urls.users);
const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => `u_${index + 1}`).join();

afterAll(async () => services[Symbol.asyncDispose]());

describe('one user', () => {
  test('is answered whole', async () => {
    const { status, body } = await get<User>('/users/u_42');
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'u_42', firstName: 'Ada', avatarUrl: `${services.urls.users}/avatars/u_42.svg` });
  });

  test.each([
    ['firstName,avatarUrl', ['id', 'firstName', 'avatarUrl']],
    ['address', ['id', 'address']],
    ['id', ['id']],
    ['', ['id']],
  ])('with fields=%s is the same row, cut', async (fields, properties) => {
    const whole = await get<Record<string, unknown>>('/users/u_42');
    const cut = await get<Record<string, unknown>>(`/users/u_42?fields=${fields}`);
    expect(cut.body).toEqual(Object.fromEntries(properties.map((name) => [name, whole.body[name]])));
  });

  test('with all of its fields is the whole row', async () => {
    const { body } = await get<User>('/users/u_42');
    expect((await get(`/users/u_42?fields=${Object.keys(body)}`)).body).toEqual(body);
  });

  test('is a 404 for an unknown user', async () => {
    expect(await get('/users/u_999999')).toMatchObject({ status: 404, body: { title: 'Not Found' } });
  });

  test('is a 400 where the path is not well-formed', async () => {
    expect((await get('/users/%E0%A4%A')).status).toBe(400);
    expect((await get('/users/%')).status).toBe(400);
  });
});

describe('several users', () => {
  test('are those that exist, each once', async () => {
    const { body } = await get<User[]>('/users?ids=u_3,u_999999,u_1,u_3,,u_2');
    expect(body.map((user) => user.id).sort()).toEqual(['u_1', 'u_2', 'u_3']);
  });

  test('none of which exists are an empty list', async () => {
    expect(await get('/users?ids=u_999999,nobody')).toMatchObject({ status: 200, body: [] });
  });

  test('are the same rows that are answered one by one', async () => {
    const { body } = await get<User[]>('/users?ids=u_1,u_42');
    const single = await Promise.all(body.map(async (user) => (await get<User>(`/users/${user.id}`)).body));
    expect(single).toEqual(body);
  });

  test('with fields hold those and the key', async () => {
    const { body } = await get<User[]>('/users?ids=u_1,u_42&fields=lastName');
    expect(body.map((user) => Object.keys(user).sort())).toEqual([
      ['id', 'lastName'],
      ['id', 'lastName'],
    ]);
  });

  test('may be at most 100', async () => {
    const hundred = await get<User[]>(`/users?ids=${idsUpTo(100)}`);
    expect(hundred.status).toBe(200);
    expect(hundred.body).toHaveLength(50);
    expect((await get(`/users?ids=${idsUpTo(101)}`)).status).toBe(400);
  });

  test.each([
    ['no ids', '/users'],
    ['empty ids', '/users?ids='],
    ['only commas', '/users?ids=,,'],
    ['ids twice', '/users?ids=u_1&ids=u_2'],
  ])('%s is a 400', async (_what, path) => {
    expect((await get(path)).status).toBe(400);
  });
});

test.each([
  '/users/u_42?fields=password',
  '/users/u_42?fields=id,__proto__',
  '/users/u_42?fields=constructor',
  '/users/u_42?fields=address.city',
  '/users?ids=u_42&fields=firstName,nope',
  '/users?ids=u_999999&fields=nope',
])('an unknown property is a 400: %s', async (path) => {
  expect((await get(path)).status).toBe(400);
});

test.each([
  "u_42' OR '1'='1",
  "'; DROP TABLE users; --",
  'u_42"]',
  '"],["u_42',
  '\\u0075_42',
  '{"$ne":null}',
  'u_42\0',
  '%',
  '__proto__',
  '../users/u_42',
])('an id is only an id: %j', async (id) => {
  expect((await get(`/users/${encodeURIComponent(id)}`)).status).toBe(404);
  const { body } = await get<User[]>(`/users?ids=${encodeURIComponent(id)},u_42`);
  expect(body.map((user) => user.id)).toEqual(['u_42']);
});

describe('the picture of a user', () => {
  test('is where the row says, for everybody', async () => {
    const { body: ada } = await get<User>('/users/u_42');
    const { body, headers } = await get<string>(new URL(ada.avatarUrl).pathname);
    expect(headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(headers.get('cache-control')).toMatch(/^public/);
    expect(body).toMatch(/^<svg .*>AL<\/text><\/svg>$/);
    expect((await get<string>('/avatars/u_25.svg')).body).toContain('>EO</text>');
  });

  test.each(['u_42', 'u_42.png', 'u_999999.svg', 'p_1.svg', 'u_.svg', '..%2Fu_1.svg', 'u_1.svg%0A'])(
    'is nowhere else: %s',
    async (name) => {
      expect((await get(`/avatars/${name}`)).status).toBe(404);
    },
  );
});
