import { startBff } from '@facet/testing/internal/bff.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { bookService, reader } from '@facet/testing/internal/reader.ts';
import { describe, expect, test } from '@jest/globals';
import { GraphQLScalarType } from 'graphql';
import {
  type BffOptions,
  CodedError,
  defineBff,
  ErrorCode,
  type IncomingRequest,
  type OutgoingCall,
  RequestRejectedError,
} from '../index.ts';

const BOOK = '{ book(id: "b_1") { title publishedAt } }';
const LOANS = '{ loans { title } }';

/** A server with these options in front of a service of books. */
async function running(more: Partial<BffOptions>, handler = bookService, environment: Record<string, string> = {}) {
  const service = await startLocalService(handler);
  const bff = defineBff({ ...reader, ...more });
  const server = await startBff(bff, { books: service.url }, environment).catch(async (error: unknown) => {
    await service[Symbol.asyncDispose]();
    throw error;
  });
  return {
    ...server,
    service,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

describe('identity', () => {
  test('is read from the header of the options, and sent in it to endpoints that are not public', async () => {
    await using bff = await running({});
    const answers = [await bff.query(LOANS), await bff.query(BOOK)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const sent = Object.fromEntries(bff.service.arrived.map(({ url, headers }) => [url, headers['x-reader-id']]));
    expect(sent).toEqual({ '/loans': 'r_1', '/books?ids=b_1': undefined });
    const { status, errors } = await bff.query(LOANS, {}, { 'X-Reader-Id': '' });
    expect([status, errors[0]?.message]).toEqual([401, 'A valid X-Reader-Id header is required.']);
  });

  test.each([
    ['X Reader', 'reader: identity.header is "X Reader"; it must be the name of a header.'],
    [
      'Authorization',
      'reader: identity.header is "Authorization", which has another meaning. Choose a header of your own.',
    ],
    [
      'x-request-id',
      'reader: identity.header is "x-request-id", which has another meaning. Choose a header of your own.',
    ],
  ])('cannot be read from %p', (header, message) => {
    expect(() => defineBff({ ...reader, identity: { header, exampleId: 'r_1' } })).toThrow(message);
  });
});

describe('onRequest', () => {
  test('sees each GraphQL request before its operation runs, and nothing else', async () => {
    const seen: IncomingRequest[] = [];
    await using bff = await running({ onRequest: (request) => void seen.push(request) });
    await bff.query('query Mine($id: ID!) { book(id: $id) { title } }', { id: 'b_2' }, { 'x-request-id': 'r-1' });
    await fetch(`${bff.url}/screens/Loans`, { headers: { 'x-reader-id': 'r_1' } });
    await fetch(`${bff.url}/healthz`);
    await fetch(`${bff.url}/graphql`, { method: 'POST' });
    const [posted, screen, ...others] = seen;
    expect(others).toEqual([]);
    expect(posted).toMatchObject({
      requestId: 'r-1',
      identity: { header: 'X-Reader-Id', id: 'r_1' },
      route: '/graphql',
      method: 'POST',
      screen: undefined,
      operationName: undefined,
      variables: { id: 'b_2' },
    });
    expect(posted?.headers['content-type']).toBe('application/json');
    expect(screen).toMatchObject({ route: '/screens', method: 'GET', screen: 'Loans' });
  });

  test('rejects a request with a status and a code of its own', async () => {
    const onRequest = async ({ identity }: IncomingRequest) => {
      if (identity.id === 'r_2') throw new RequestRejectedError(403, 'FORBIDDEN', 'This reader is blocked.');
    };
    await using bff = await running({ onRequest });
    expect((await bff.query(BOOK)).status).toBe(200);
    const { status, errors } = await bff.query(LOANS, {}, { 'X-Reader-Id': 'r_2' });
    expect(status).toBe(403);
    expect(errors).toEqual([
      { message: 'This reader is blocked.', extensions: { code: 'FORBIDDEN', requestId: expect.any(String) } },
    ]);
    expect(bff.service.arrived.map(({ url }) => url)).toEqual(['/books?ids=b_1']);
  });

  test('rejects a request with a code of the framework', async () => {
    const onRequest = () => {
      throw new CodedError(ErrorCode.BadUserInput, 'The app version is missing.');
    };
    await using bff = await running({ onRequest });
    const { status, errors } = await bff.query(BOOK);
    expect([status, errors[0]?.extensions.code, errors[0]?.message]).toEqual([
      400,
      'BAD_USER_INPUT',
      'The app version is missing.',
    ]);
  });

  test('makes a response private if it reads who the caller is', async () => {
    const cacheControlWith = async (onRequest: (request: IncomingRequest) => void) => {
      await using bff = await running({ onRequest }, bookService, { ENTITY_CACHE_BYTES: '1000000' });
      const query = new URLSearchParams({ query: BOOK });
      const headers = { 'x-reader-id': 'r_1', 'apollo-require-preflight': '1' };
      return (await fetch(`${bff.url}/graphql?${query}`, { headers })).headers.get('cache-control');
    };
    expect(await cacheControlWith(() => {})).toMatch(/^public, max-age=/);
    expect(await cacheControlWith(({ identity }) => void identity.id)).toBe('no-store');
    expect(await cacheControlWith(({ headers }) => void headers['x-app'])).toBe('no-store');
  });

  test.each([
    [200, 'FORBIDDEN'],
    [403.5, 'FORBIDDEN'],
    [403, 'forbidden'],
  ])('cannot reject with the status %p and the code %p', (status, code) => {
    expect(() => new RequestRejectedError(status, code, 'no')).toThrow(/^RequestRejectedError: the (status|code)/);
  });
});

describe('headersFor', () => {
  test('adds headers to each call, and knows the caller of endpoints that are not public', async () => {
    const calls: OutgoingCall[] = [];
    const headersFor = (call: OutgoingCall) => {
      calls.push(call);
      const tenant = call.caller?.headers['x-tenant'];
      return { 'X-Api-Key': `key of ${call.service}`, ...(typeof tenant === 'string' ? { 'X-Tenant': tenant } : {}) };
    };
    await using bff = await running({ headersFor });
    await bff.query(LOANS, {}, { 'x-tenant': 't_1' });
    await bff.query(BOOK, {}, { 'x-tenant': 't_1' });
    expect(calls.map(({ endpoint, method, caller }) => [endpoint, method, caller?.identity.id])).toEqual([
      ['GET /loans', 'GET', 'r_1'],
      ['GET /books?ids', 'GET', undefined],
    ]);
    const sent = bff.service.arrived.map(({ headers }) => [headers['x-api-key'], headers['x-tenant']]);
    expect(sent).toEqual([
      ['key of books', 't_1'],
      ['key of books', undefined],
    ]);
  });

  test('replaces accept, and no other header of the framework', async () => {
    const own = {
      Accept: 'application/vnd.books+json',
      'X-Reader-Id': 'r_9',
      'X-Request-Id': 'none',
      traceparent: 'none',
    };
    await using bff = await running({ headersFor: () => own });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    await bff.query(LOANS, {}, { 'x-request-id': 'r-1', traceparent });
    expect(bff.service.arrived[0]?.headers).toMatchObject({
      accept: 'application/vnd.books+json',
      'x-reader-id': 'r_1',
      'x-request-id': 'r-1',
      traceparent,
    });
  });

  test('fails the field, and not the request, when it throws', async () => {
    const headersFor = ({ caller }: OutgoingCall) => {
      if (caller) throw new Error('no key');
      return {};
    };
    await using bff = await running({ headersFor });
    const { data, errors } = await bff.query('{ loans { title } book(id: "b_1") { title } }');
    expect(data).toEqual({ loans: null, book: { title: 'Emma' } });
    expect(errors).toMatchObject([{ path: ['loans'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
  });
});

describe('scalars', () => {
  const Day = new GraphQLScalarType({ name: 'Day', serialize: (value) => String(value).slice(0, 10) });

  test('serialize the values of their type, in registered and in ad-hoc documents', async () => {
    await using bff = await running({ scalars: { Day } });
    expect((await bff.query(BOOK)).data).toEqual({ book: { title: 'Emma', publishedAt: '1815-12-23' } });
    // Compiled at its second use.
    expect((await bff.query(BOOK)).data).toEqual({ book: { title: 'Emma', publishedAt: '1815-12-23' } });
  });

  test('pass JSON values through without an implementation', async () => {
    await using bff = await running({});
    expect((await bff.query(BOOK)).data.book.publishedAt).toBe('1815-12-23T00:00:00Z');
  });

  test('fail the field with a masked error when they throw', async () => {
    const failing = new GraphQLScalarType({
      name: 'Day',
      serialize: () => {
        throw new Error('secret');
      },
    });
    await using bff = await running({ scalars: { Day: failing } });
    const { text, errors } = await bff.query(BOOK);
    expect(errors).toMatchObject([{ path: ['book', 'publishedAt'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(text).not.toContain('secret');
  });

  test('must be declared in the schema', async () => {
    await expect(running({ scalars: { Dya: Day } })).rejects.toThrow(
      'schema of reader:1:1: There is no scalar Dya to implement. Did you mean Day?',
    );
  });
});

describe('routes', () => {
  test('are served before the 404 handler, with its error boundary', async () => {
    await using bff = await running({
      routes: (router) => {
        router.get('/version', (_request, response) => void response.json({ version: 7 }));
        router.get('/teapot', () => {
          throw new RequestRejectedError(418, 'TEAPOT', 'I am a teapot.');
        });
        router.get('/graphql', (_request, response) => void response.send('not reached'));
      },
    });
    const version = await fetch(`${bff.url}/version`);
    expect([version.status, await version.json()]).toEqual([200, { version: 7 }]);
    expect(version.headers.get('x-content-type-options')).toBe('nosniff');
    const teapot = await fetch(`${bff.url}/teapot`);
    expect([teapot.status, await teapot.json()]).toMatchObject([418, { errors: [{ extensions: { code: 'TEAPOT' } }] }]);
    expect((await fetch(`${bff.url}/graphql`)).status).toBe(401);
    expect((await fetch(`${bff.url}/nothing`)).status).toBe(404);
  });
});

describe('paths', () => {
  test('move the routes', async () => {
    const paths = {
      graphql: '/api/query',
      screens: '/pages',
      health: '/live',
      ready: '/ready',
      metrics: '/prometheus',
    };
    await using bff = await running({ paths });
    const headers = { 'x-reader-id': 'r_1' };
    const statusOf = async (path: string) => (await fetch(bff.url + path, { headers })).status;
    const moved = ['/pages/Loans', '/live', '/ready', '/prometheus'];
    expect(await Promise.all(moved.map(statusOf))).toEqual([200, 200, 200, 200]);
    const before = ['/screens/Loans', '/healthz', '/readyz', '/metrics', '/graphql'];
    expect(await Promise.all(before.map(statusOf))).toEqual([404, 404, 404, 404, 404]);
    const posted = await fetch(`${bff.url}/api/query`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: LOANS }),
    });
    expect(await posted.json()).toEqual({ data: { loans: [{ title: 'Persuasion' }] } });
    expect(bff.logged.find(({ route }) => route === '/api/query')).toMatchObject({ outcome: 'ok', status: 200 });
    const config = await (await fetch(`${bff.url}/sandbox/config.json`)).json();
    expect(config).toMatchObject({ paths: { graphql: './api/query', screens: './pages' } });
  });

  test.each([
    [{ graphql: 'graphql' }, 'reader: paths.graphql is "graphql"; it must look like "/graphql".'],
    [{ screens: '/:name' }, 'reader: paths.screens is "/:name"; it must look like "/graphql".'],
    [{ health: '/Graphql' }, 'reader: paths.graphql and health are both "/graphql".'],
  ])('cannot be %j', (paths, message) => {
    expect(() => defineBff({ ...reader, paths })).toThrow(message);
  });
});

describe('policies', () => {
  test('wrap the calls to each endpoint, around the policies of the framework', async () => {
    const seen: string[] = [];
    await using bff = await running({
      policies: (defaults, { service }) => [
        (next) => async (call, caller, record) => {
          const answer = await next(call, caller, record);
          seen.push(`${service} ${call.path} ${answer.status}`);
          return answer;
        },
        ...Object.values(defaults),
      ],
    });
    expect((await bff.query(LOANS)).data).toEqual({ loans: [{ title: 'Persuasion' }] });
    expect(seen).toEqual(['books /loans 200']);
  });

  test.each([
    ['is retried', {}, 2],
    ['is not retried without that policy', { policies: ({ retry: _, ...others }) => Object.values(others) }, 1],
  ] satisfies [string, Partial<BffOptions>, number][])('a failed call %s', async (_what, options, attempts) => {
    let isFailing = false;
    let failed = 0;
    await using bff = await running(options, (request, response, raw) => {
      if (!isFailing) return bookService(request, response, raw);
      failed += 1;
      return response.writeHead(503).end();
    });
    // Five calls earn one retry.
    for (let call = 0; call < 5; call += 1) await bff.query(LOANS);
    isFailing = true;
    expect((await bff.query(LOANS)).errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    expect(failed).toBe(attempts);
  });
});

describe('passThroughCookies', () => {
  test('are those of the options', async () => {
    const withCookies: typeof bookService = (_request, response) =>
      json(response, [], { 'set-cookie': ['session=1', 'other=2'] });
    await using bff = await running({ passThroughCookies: ['session'] }, withCookies);
    expect((await bff.query(LOANS)).headers.getSetCookie()).toEqual(['session=1']);
  });
});
