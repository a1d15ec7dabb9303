import { once } from 'node:events';
import { connect } from 'node:net';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { withPlan } from '../graphql/plan.ts';
import type { Bff } from './bff.ts';

const CALLER = { 'X-Member-Id': 'm_42', 'X-Request-Id': 'r-1' };
const JSON_BODY = { ...CALLER, 'content-type': 'application/json' };
const GREETING = JSON.stringify({ query: '{ home { greeting } }' });

const ERROR = 50;

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

const requestsIn = ({ logged }: RunningBff) => logged.filter(({ level, msg }) => level === 30 && msg === 'request');

/** The lines of requests, once there are so many. */
async function lines(running: RunningBff, count: number) {
  await until(() => requestsIn(running).length >= count);
  return requestsIn(running);
}

describe('a request is one line', () => {
  let running: RunningBff;
  beforeAll(async () => {
    running = await startBff(mobile, services.urls, { ENTITY_CACHE_BYTES: '1000000' });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test.each<[string, string, RequestInit, object]>([
    [
      'an operation by POST',
      '/graphql',
      { method: 'POST', headers: JSON_BODY, body: GREETING },
      { method: 'POST', route: '/graphql', screen: 'ad_hoc', outcome: 'ok', status: 200, waves: 1 },
    ],
    [
      'an operation by GET',
      '/graphql?query=query+Mine{home{greeting}}',
      { headers: { ...CALLER, 'apollo-require-preflight': '1' } },
      { method: 'GET', route: '/graphql', screen: 'ad_hoc', operationName: 'Mine', outcome: 'ok', status: 200 },
    ],
    [
      'a screen by its name, and who asks for it',
      '/screens/LoanDetail?id=l_7',
      { headers: { ...CALLER, 'apollographql-client-name': 'ios', 'apollographql-client-version': '4.5' } },
      { route: '/screens', screen: 'LoanDetail', outcome: 'ok', clientName: 'ios', clientVersion: '4.5' },
    ],
    [
      'a wrong variable',
      '/screens/Home?first=x',
      { headers: CALLER },
      { screen: 'none', outcome: 'refused', status: 400, code: 'BAD_USER_INPUT' },
    ],
    [
      'no identity',
      '/graphql',
      { method: 'POST', headers: { ...JSON_BODY, 'X-Member-Id': '' }, body: GREETING },
      { screen: 'none', outcome: 'refused', status: 401, code: 'UNAUTHENTICATED' },
    ],
    [
      'a body that is none',
      '/graphql',
      { method: 'POST', headers: JSON_BODY, body: '{' },
      { screen: 'none', outcome: 'refused', status: 400, code: 'BAD_REQUEST' },
    ],
    [
      'a wrong method',
      '/graphql',
      { method: 'PUT', headers: CALLER },
      { method: 'PUT', outcome: 'refused', status: 405, code: 'BAD_REQUEST' },
    ],
    [
      'an unknown address',
      '/nothing/ada@example.com',
      { headers: CALLER },
      { route: 'other', outcome: 'refused', status: 404, code: 'BAD_REQUEST' },
    ],
  ])('%s', async (_what, path, init, expected) => {
    const before = requestsIn(running).length;
    const response = await fetch(running.url + path, init);
    await response.text();
    const added = (await lines(running, before + 1)).slice(before);
    expect(added).toHaveLength(1);
    expect(added[0]).toMatchObject({
      level: 30,
      client: 'mobile',
      requestId: 'r-1',
      ms: expect.any(Number),
      ...expected,
    });
  });

  test('with what it asked of each service, and what it had out of the cache', async () => {
    await running.screen('Home');
    await until(() => requestsIn(running).at(-1)?.['screen'] === 'Home');
    const before = requestsIn(running).length;
    await running.screen('Home');
    const [line] = (await lines(running, before + 1)).slice(before);
    expect(line).toMatchObject({
      screen: 'Home',
      waves: 1,
      cachedRows: 1,
      bytes: expect.any(Number),
      downstream: {
        members: { calls: 1, ms: expect.any(Number), bytes: expect.any(Number) },
        loans: { calls: 1, ms: expect.any(Number), bytes: expect.any(Number) },
      },
    });
  });

  test('what no parser can read', async () => {
    const before = requestsIn(running).length;
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.end('NONSENSE\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    const [line] = (await lines(running, before + 1)).slice(before);
    expect(line).toMatchObject({ outcome: 'refused', status: 400, code: 'BAD_REQUEST', requestId: expect.any(String) });
  });

  test('health and the sandbox are none', async () => {
    const before = requestsIn(running).length;
    for (const path of ['/healthz', '/readyz', '/metrics', '/sandbox/config.json']) {
      expect((await fetch(running.url + path)).status).toBe(200);
    }
    const others = () => running.logged.filter(({ level, msg }) => level === 20 && msg === 'request');
    await until(() => others().length === 4);
    expect(requestsIn(running)).toHaveLength(before);
  });
});

test('a caller who goes away is a line without a status', async () => {
  const caller = new AbortController();
  await using service = await startLocalService(() => caller.abort());
  await using running = await startBff(mobile, { ...services.urls, members: service.url });
  const init = { method: 'POST', headers: JSON_BODY, body: GREETING, signal: caller.signal };
  await expect(fetch(`${running.url}/graphql`, init)).rejects.toThrow(/abort/);
  const [line, ...more] = await lines(running, 1);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    requestId: 'r-1',
    screen: 'ad_hoc',
    outcome: 'gone',
    downstream: { members: { calls: 1 } },
  });
  expect(line).not.toHaveProperty('status');
});

test('retries are told as calls made again', async () => {
  let failing = false;
  await using members = await startLocalService((_request, response) => {
    if (failing) response.writeHead(503).end();
    else json(response, [{ id: 'm_42', firstName: 'Ada' }]);
    failing = false;
  });
  await using running = await startBff(mobile, { ...services.urls, members: members.url });
  // They earn the one retry.
  for (let call = 0; call < 5; call += 1) await running.query('{ home { greeting } }');
  failing = true;
  await running.query('{ home { greeting } }');
  expect((await lines(running, 6)).at(-1)).toMatchObject({
    outcome: 'ok',
    downstream: { members: { calls: 1, again: 1 } },
  });
});

describe('an unexpected error', () => {
  const broken = (error: Error): Bff => ({
    ...mobile,
    resolvers: {
      ...mobile.resolvers,
      Home: {
        ...mobile.resolvers['Home'],
        greeting: withPlan({ reads: [], calls: [] }, () => {
          throw error;
        }),
      },
    },
  });

  test('is one line, whole, with its request’s id, and the request’s own line beside it', async () => {
    const error = new TypeError('greetings are out', { cause: new Error('the printer is on fire') });
    await using running = await startBff(broken(error), services.urls);
    for (const ask of [
      () => running.query('{ home { greeting } }', {}, { 'X-Request-Id': 'r-2' }),
      () => running.screen('Home', {}, { 'X-Request-Id': 'r-2' }),
    ]) {
      running.logged.length = 0;
      await ask();
      await lines(running, 1);
      const errors = running.logged.filter(({ level }) => Number(level) >= ERROR);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({
        msg: 'unexpected error',
        requestId: 'r-2',
        paths: [['home', 'greeting']],
        count: 1,
        err: {
          type: 'TypeError',
          message: 'greetings are out: the printer is on fire',
          stack: expect.stringMatching(/request-log\.test\.ts[\s\S]*caused by: Error: the printer is on fire/),
        },
      });
      expect(requestsIn(running)).toMatchObject([
        { requestId: 'r-2', outcome: 'partial', code: 'INTERNAL_SERVER_ERROR' },
      ]);
    }
  });

  test('has nothing in it of who asked, no secret and no address', async () => {
    const error = Object.assign(
      new Error('m_42 is ada@example.com, asked http://members:3001/members/m_42?fields=email with Bearer abc.def'),
      { config: { headers: { authorization: 'Basic QTpC' }, retries: 3 }, cookie: 'session=s1' },
    );
    await using running = await startBff(broken(error), services.urls);
    await running.query('{ home { greeting } }');
    const line = running.logged.find(({ level }) => Number(level) >= ERROR);
    expect(line).toMatchObject({ err: { cookie: '[hidden]', config: { headers: '[hidden]', retries: 3 } } });
    expect(JSON.stringify(line)).not.toMatch(/m_42|ada@|fields=|abc\.def|QTpC|s1/);
  });
});

test('nothing that is logged at any level has anything of a person in it', async () => {
  const row = { id: 'm_42', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' };
  const answers = [
    JSON.stringify([row]),
    `${JSON.stringify([row]).slice(0, -2)}`,
    JSON.stringify({ data: row }),
    `<html>${JSON.stringify(row)}`,
  ];
  await using members = await startLocalService(({ url }, response) => {
    if (url.startsWith('/loans')) json(response, [{ ...row, id: 'l_7', status: 'Lovelace', feeCents: 'Lovelace' }]);
    else
      response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'session=s1' }).end(answers.shift());
  });
  await using running = await startBff(mobile, { members: members.url, loans: members.url, library: members.url });
  const headers = { cookie: 'session=s1', authorization: 'Bearer abc.def' };
  const operation = 'query ($id: ID!) { home { greeting recentLoans { fee status } } loan(id: $id) { id } }';
  while (answers.length > 0) await running.query(operation, { id: 'l_4711' }, headers);
  await running.query('{ home', {}, headers);
  await running.query('{ home { greeting } }', {}, { 'apollographql-client-name': 'ada@example.com' });
  await fetch(`${running.url}/screens/LoanDetail?id=l_4711`, { headers: { ...CALLER, ...headers } });
  await lines(running, 7);
  expect(running.logged.filter(({ level }) => level === 40).length).toBeGreaterThan(3);
  expect(JSON.stringify(running.logged)).not.toMatch(/m_42|Ada|Lovelace|ada@|l_4711|l_7|session|s1\b|abc\.def/);
});
