import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Judge } from '@facet/cli/internal/patterns.ts';
import { type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { sendRaw } from '@facet/testing/internal/raw.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { type WatchedPatterns, watchPatterns } from '@facet/testing/internal/watch-patterns.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { resolver } from '../../graphql/fields.ts';

const MEGABYTE = 1_048_576;
/** Longest text that a regular expression may be given, and longest line of a log: as long as all headers of a request. */
const LONGEST_TEXT = 16_384;
/** Longest body of a request: graphql-js looks for the lines of a document that has an error. */
const LONGEST_BODY = 102_400;
/** Regular expressions that read texts of this length are judged, those of libraries too. */
const LONG_TEXT = 1_000;

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

/** No regular expression has read a text without bounds, and each that has read a long one takes linear time. */
async function expectBounded(watched: WatchedPatterns, { logged }: RunningBff, longest = LONGEST_TEXT): Promise<void> {
  watched[Symbol.dispose]();
  expect(watched.longest).toBeLessThanOrEqual(longest);
  const lines = logged.map((line) => JSON.stringify(line));
  expect(lines.filter(({ length }) => length > LONGEST_TEXT)).toEqual([]);
  const judge = new Judge('.data/patterns.json');
  const read = [...watched.lengths.values()].filter(({ length }) => length > LONG_TEXT);
  const problems = await Promise.all(read.map((pattern) => judge.problemOf(pattern)));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
}

describe('an error of a resolver', () => {
  const long = 'a'.repeat(MEGABYTE);
  test.each<[string, () => unknown]>([
    ['a message', () => new Error(long)],
    ['a cause', () => new Error('short', { cause: new Error(long) })],
    ['a stack', () => Object.assign(new Error('short'), { stack: long })],
    ['a name', () => Object.assign(new Error('short'), { name: long })],
    ['properties', () => Object.assign(new Error('short'), { body: long, data: [long, { [long]: long }] })],
    ['a code', () => new GraphQLError('short', { extensions: { code: long, more: long } })],
    ['a GraphQL message', () => new GraphQLError(long)],
    ['nothing but a text', () => long],
    ['an object with a text', () => ({ message: long, code: long })],
  ])('is truncated in the log when it has %s of 1 MB', async (_, error) => {
    const greeting = resolver({}, () => {
      throw error();
    });
    const { resolvers } = mobile;
    const bff = { ...mobile, resolvers: { ...resolvers, Home: { ...resolvers['Home'], greeting } } };
    await using running = await startBff(bff, services.urls);
    using watched = watchPatterns();
    const answers = [await running.screen('Home'), await running.query('{ home { greeting } }')];
    for (const { status, data, errors, text } of answers) {
      expect({ status, greeting: data.home.greeting, count: errors.length }).toEqual({
        status: 200,
        greeting: null,
        count: 1,
      });
      expect(text.length).toBeLessThan(LONGEST_TEXT);
    }
    await expectBounded(watched, running);
  });
});

/** Speaks Redis' protocol, and answers an error of 1 MB to whatever it is sent. */
async function startComplainingRedis() {
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(`-ERR ${'a'.repeat(MEGABYTE)}\r\n`));
    socket.on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('an error of Redis', () => {
  test.each(['user:password@', ''])('of 1 MB is truncated in the log (redis://%sHOST)', async (credential) => {
    await using redis = await startComplainingRedis();
    using watched = watchPatterns();
    const environment = { ENTITY_CACHE_BYTES: '10000000', CACHE_URL: `redis://${credential}${redis.address}` };
    await using running = await startBff(web, services.urls, environment);
    await until(() => running.logged.some(({ msg }) => /connect(ed|ion) to the shared cache/.test(String(msg))));
    const { status, errors } = await running.screen('Dashboard');
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    await expectBounded(watched, running);
  });
});

describe('a caller', () => {
  let running: RunningBff;
  beforeAll(async () => {
    running = await startBff(web, services.urls, { DOCUMENTS: 'warn' });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  const HEADERS = [
    'Accept',
    'Accept-Encoding',
    'Accept-Language',
    'Authorization',
    'Baggage',
    'Content-Type',
    'Cookie',
    'Forwarded',
    'If-None-Match',
    'Origin',
    'Traceparent',
    'Tracestate',
    'Member-Agent',
    'X-Forwarded-For',
    'X-Request-Id',
    'X-Request-Timeout-Ms',
    'X-Member-Id',
    'Apollographql-Client-Name',
    'Apollographql-Client-Version',
    'Apollo-Require-Preflight',
  ];
  const PARTS = ['a', ' ', ';', ',', '"', '=', '/', 'a,', 'a/a;', 'a;q=', '0', '-'];
  const LENGTH = 14_000;

  test.each(HEADERS)('costs linear time with a header %s of 14 KB', async (name) => {
    using watched = watchPatterns();
    for (const part of PARTS) {
      const usual = { 'X-Member-Id': 'm_42', 'Apollo-Require-Preflight': 'true', Accept: 'application/json' };
      const headers = Object.entries({ ...usual, [name]: `a${part.repeat(LENGTH / part.length)}b` });
      const answer = await sendRaw(
        running.url,
        `GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers
          .map(([header, value]) => `${header}: ${value}\r\n`)
          .join('')}\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400|401|406|415) /);
    }
    await expectBounded(watched, running);
  });

  test.each(['/screens/', '/graphql?query=', '/graphql?variables=', '/graphql?a', '/', '/graphql?operationName='])(
    'costs linear time with a URL of 14 KB that begins with %s',
    async (start) => {
      using watched = watchPatterns();
      for (const part of ['a', '%20', '?', '/', '%', '+', '&a=']) {
        const head = `GET ${start}${part.repeat(LENGTH / part.length)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n`;
        const identity = 'X-Member-Id: m_42\r\nApollo-Require-Preflight: true\r\n';
        expect(await sendRaw(running.url, `${head}${identity}\r\n`)).toMatch(/^HTTP\/1\.1 [24]\d\d /);
      }
      await expectBounded(watched, running);
    },
  );

  const NAME = 'a'.repeat(80_000);
  const many = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ');
  test.each<[string, object]>([
    ['a name of a field', { query: `{ ${NAME} }` }],
    ['a type', { query: `{ ... on ${NAME} { id } }` }],
    [
      'an operation whose name 100 errors tell',
      { query: `query ${NAME}(${many(100, (n) => `$v${n}: Int`)}) { __typename }` },
    ],
    [
      'a name that the document does not have',
      { query: `{ __typename } # ${NAME}`, operationName: `b${NAME}`.slice(0, 10_000) },
    ],
    ['a string', { query: `{ loan(id: "${NAME}") { id } }` }],
    ['a variable', { query: 'query A($id: ID!) { loan(id: $id) { id } }', variables: { id: NAME } }],
    [
      'a variable of a wrong type',
      { query: 'query A($n: Int!) { dashboard { loans(first: $n) { id } } }', variables: { n: NAME } },
    ],
    [
      'variables of which 50 errors tell',
      { query: 'query A($n: [Int!]!) { a(n: $n) }', variables: { n: Array(50).fill('a'.repeat(1_500)) } },
    ],
    ['what is no GraphQL', { query: `"${NAME}` }],
    ['a comment', { query: `#${' '.repeat(80_000)}` }],
    ['an id of a document', { documentId: NAME }],
    ['a persisted query', { extensions: { persistedQuery: { version: 1, sha256Hash: NAME } } }],
  ])('gets a bounded answer about %s of 80 KB', async (_, body) => {
    using watched = watchPatterns();
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-member-id': 'm_42' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBeLessThan(500);
    // A hundred errors, each truncated.
    expect((await readAnswer(response)).text.length).toBeLessThan(500_000);
    await expectBounded(watched, running, LONGEST_BODY);
  });
});
