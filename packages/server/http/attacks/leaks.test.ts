import type { ServerResponse } from 'node:http';
import { type Answer, type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { sendRaw } from '@facet/testing/internal/raw.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bff } from '../bff.ts';

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterEach(() => {
  services.ill.clear();
  services.arrived.length = 0;
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

const SECRET = 'hunter2';
const INSIDE =
  /hunter2|127\.0\.0\.1|localhost|https?:|\.ts\b|node_modules|node:|\bat .*:\d+|ECONN|undici|x-powered-by|^server:/im;

const problem = JSON.stringify({
  type: `https://inside/${SECRET}`,
  title: SECRET,
  detail: `SELECT ${SECRET}`,
  instance: SECRET,
});
const headers = { server: SECRET, 'x-trace': SECRET, 'www-authenticate': SECRET, 'set-cookie': `session=${SECRET}` };
const answering =
  (status: number, body: string, more: object = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, { ...headers, ...more }).end(body);

/** What a service can say when it fails, all of it about itself. */
const FAILURES: readonly (readonly [string, (response: ServerResponse) => unknown])[] = [
  ...[400, 401, 403, 404, 409, 422, 429, 500, 503].map(
    (status) => [`a problem document of ${status}`, answering(status, problem)] as const,
  ),
  ['a page of an error', answering(500, `<pre>Error: ${SECRET}\n    at x (/srv/${SECRET}.ts:1:2)</pre>`)],
  ['what is no JSON', answering(200, `{"password": ${SECRET}`)],
  ['other JSON', answering(200, JSON.stringify({ error: SECRET }))],
  [
    'rows of other texts',
    answering(200, JSON.stringify([{ id: SECRET, feeCents: SECRET, currency: SECRET, items: SECRET }])),
  ],
  ['another address', answering(302, '', { location: `http://inside/${SECRET}` })],
  [
    'half an answer',
    (response) => response.writeHead(200, { 'content-length': 99 }).write(SECRET, () => response.destroy()),
  ],
  ['nothing', (response) => response.destroy()],
  ['no HTTP', (response) => response.socket?.end(`${SECRET}\r\n\r\n`)],
];

const told = ({ text, headers: answered }: Answer) =>
  `${[...answered].map((pair) => pair.join(': ')).join('\n')}\n${text}`;

describe.each(CLIENTS)('$client tells nothing of what is inside', (bff: Bff) => {
  let running: RunningBff;
  const identity = { [bff.identity.header]: bff.identity.exampleId };
  beforeAll(async () => {
    running = await startBff(bff, services.urls, { NODE_ENV: 'production', CIRCUIT_BREAKER: 'off' });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test.each(FAILURES)('where a service answers %s', async (_what, fail) => {
    for (const name of ['members', 'loans', 'library'] as const) services.ill.set(name, fail);
    for (const [screen, variables] of Object.entries(bff.examples)) {
      const answer = await running.screen(screen, variables);
      expect(services.arrived.length).toBeGreaterThan(0);
      expect(told(answer)).not.toMatch(INSIDE);
      for (const { extensions } of answer.errors) {
        expect(Object.keys(extensions).filter((key) => !['code', 'service', 'requestId'].includes(key))).toEqual([]);
      }
    }
  });

  test.each<[string, string, RequestInit]>([
    ['an unknown address', `/${SECRET}`, {}],
    ['an unknown screen', `/screens/${SECRET}`, { headers: identity }],
    ['an identity that is none', '/graphql', { headers: { [bff.identity.header]: `${SECRET}/` } }],
    [
      'a body that is none',
      '/graphql',
      { method: 'POST', body: `{"password": ${SECRET}`, headers: { ...identity, 'content-type': 'application/json' } },
    ],
    [
      'an encoding that is none',
      '/graphql',
      {
        method: 'POST',
        body: SECRET,
        headers: { ...identity, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      },
    ],
    [
      'parameters that are none',
      `/graphql?query={a}&variables=${SECRET}`,
      { headers: { ...identity, 'apollo-require-preflight': '1' } },
    ],
    ['a method that is none', '/graphql', { method: 'DELETE', headers: identity }],
  ])('to who sends %s', async (_what, path, init) => {
    const answer = await readAnswer(await fetch(`${running.url}${path}`, init));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.errors).toHaveLength(1);
    expect(told(answer)).not.toMatch(INSIDE);
  });

  test('to who sends what is no HTTP', async () => {
    expect(await sendRaw(running.url, `${SECRET}\r\n\r\n`)).not.toMatch(INSIDE);
  });
});

describe.each(CLIENTS)('of a loan of somebody else, $client', (bff: Bff) => {
  const [field, screen] = { mobile: ['loan', 'LoanDetail'], web: ['loan', 'LoanPage'] }[bff.client] ?? [
    'loanStatus',
    'LoanStatus',
  ];
  const stranger = { [bff.identity.header]: bff.client === 'partner' ? 'br_2' : 'm_1', 'x-request-id': 'same' };

  test('tells the same as of one that is not there, by the same calls', async () => {
    await using running = await startBff(bff, services.urls);
    expect((await running.screen(screen ?? '', { id: 'l_7' })).data[field ?? '']).not.toBeNull();
    services.arrived.length = 0;
    const seen = async (id: string) => {
      const answers = [
        await running.screen(screen ?? '', { id }, stranger),
        await running.query(`{ ${field}(id: "${id}") { id } }`, {}, stranger),
        await readAnswer(await fetch(`${running.url}/screens/${screen}?id=${id}`, { headers: stranger })),
      ].map(({ status, text, headers: answered }) => ({
        status,
        text,
        headers: [...answered].filter(([name]) => name !== 'date' && name !== 'server-timing'),
      }));
      const calls = services.arrived.splice(0).map(({ service, url }) => `${service} ${url.replace(id, 'ID')}`);
      return { answers, calls };
    };
    const theirs = await seen('l_7');
    expect(theirs).toEqual(await seen('l_9999999'));
    expect(theirs.calls).toHaveLength(3);
    for (const { status, text } of theirs.answers) {
      expect({ status, text }).toEqual({ status: 200, text: `{"data":{"${field}":null}}` });
    }
  });
});

describe('a public answer', () => {
  const screen = '/screens/BookPage?id=b_1';
  const as = (id: string, more: Record<string, string> = {}) => ({ headers: { 'X-Member-Id': id, ...more } });

  test.each<[string, Record<string, string>]>([
    ['another host', { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-host': 'evil.example' }],
    ['another address', { 'x-original-url': '/screens/evil', 'x-rewrite-url': '/evil', 'x-forwarded-prefix': '/evil' }],
    ['another method', { 'x-http-method-override': 'DELETE', 'x-method': 'evil' }],
    ['another scheme and port', { 'x-forwarded-proto': 'evil', 'x-forwarded-port': '1', 'x-forwarded-for': 'evil' }],
    ['a session', { cookie: 'session=evil', authorization: 'Bearer evil' }],
    ['drills', { 'x-facet-drills': 'evil.evil', 'x-facet-explain': '1' }],
    ['baggage', { baggage: 'user=evil', tracestate: 'evil=1' }],
  ])('is the same for all, whoever asks first with %s', async (_what, poison) => {
    await using running = await startBff(web, services.urls, { NODE_ENV: 'production', ENTITY_CACHE_BYTES: '1000000' });
    const attacked = await readAnswer(await fetch(`${running.url}${screen}`, as('m_1', poison)));
    expect(told(attacked)).not.toMatch(/evil/);
    expect(attacked.status).toBe(200);
    const after = await readAnswer(await fetch(`${running.url}${screen}`, as('m_42')));
    expect(after.text).toBe(attacked.text);
    expect(after.headers.get('etag')).toBe(attacked.headers.get('etag'));
    expect(after.headers.get('cache-control')).toMatch(/^public/);
    const untouched = ['baggage', 'tracestate'];
    for (const { headers: sent } of services.arrived) {
      const odd = Object.entries(sent).filter(
        ([name, value]) => /evil/.test(String(value)) && !untouched.includes(name),
      );
      expect(odd).toEqual([]);
      expect(sent).not.toHaveProperty('x-member-id');
    }
  });

  test.each<[string, Record<string, string>]>([
    ['a cookie', { 'set-cookie': 'session=of-the-first' }],
    ['a difference by caller', { vary: 'X-Member-Id' }],
    ['a difference by anything', { vary: '*' }],
    ['a word that it is private', { 'cache-control': 'private, max-age=60' }],
  ])('is nobody else’s where the service sends it with %s', async (_what, more) => {
    await using library = await startLocalService((_request, response) =>
      json(response, [{ id: 'b_1', name: 'Lamp' }], { 'cache-control': 'public, max-age=60', ...more }),
    );
    const bff = { ...web, passThroughCookies: ['session'] };
    await using running = await startBff(bff, { library: library.url }, { ENTITY_CACHE_BYTES: '1000000' });
    for (const id of ['m_1', 'm_2']) {
      const answer = await running.query('{ book(id: "b_1") { name } }', {}, { 'X-Member-Id': id });
      expect(answer.data.book.name).toBe('Lamp');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    expect(library.arrived).toHaveLength(2);
  });
});
