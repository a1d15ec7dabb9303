import { ask } from '@facet/testing/internal/ask.ts';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

const ID = '9007199254740993';
const QUERY = 'query Book($id: ID!) { book(id: $id) { id } }';
const BODY = `{"query":${JSON.stringify(QUERY)},"variables":{"id":${ID}}}`;

let service: LocalService;
let web: RunningBff;

beforeAll(async () => {
  service = await startLocalService((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(`[{"id":${ID}}]`),
  );
  const bff = CLIENTS.find(({ client }) => client === 'web');
  if (!bff) throw new Error('There is no client web.');
  web = await startBff(bff, { library: service.url }, { REQUEST_DEADLINE_MS: '60000', SERVICE_TIMEOUT_MS: '60000' });
});
beforeEach(() => {
  service.arrived.length = 0;
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const variables = encodeURIComponent(`{"id":${ID}}`);

test.each<[string, Parameters<typeof ask>[1], string]>([
  ['a body', { method: 'POST', body: BODY, headers: { 'content-length': String(BODY.length) } }, '/graphql'],
  ['a body of unknown length', { method: 'POST', body: BODY, headers: { 'transfer-encoding': 'chunked' } }, '/graphql'],
  ['a query string', {}, `/graphql?query=${encodeURIComponent(QUERY)}&variables=${variables}`],
  ['the address of a screen', {}, `/screens/BookPage?id=${ID}`],
])('an id in %s keeps digits that a double would not', async (_what, { headers, ...options } = {}, path) => {
  const usual = { 'content-type': 'application/json', 'apollo-require-preflight': 'yes', 'x-member-id': 'm_1' };
  await ask(`${web.url}${path}`, { ...options, headers: { ...usual, ...headers } });
  expect(service.arrived.map(({ url }) => new URL(url, service.url).searchParams.get('ids'))).toEqual([ID]);
});

test('an Int or Float that a double would change is refused', async () => {
  const query = 'query($first: Int!) { dashboard { loans(first: $first) { id } } }';
  const body = `{"query":${JSON.stringify(query)},"variables":{"first":${ID}}}`;
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length), 'x-member-id': 'm_1' };
  const reply = await ask(`${web.url}/graphql`, { method: 'POST', body, headers });
  expect(JSON.parse(reply.text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  expect(service.arrived).toEqual([]);
});
