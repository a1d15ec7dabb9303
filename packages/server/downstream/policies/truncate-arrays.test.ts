import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { requestContext, servicesAt } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { rowsOf } from '../batching/row-source.ts';
import { createFetcher } from '../fetcher.ts';
import { inPath } from '../id-style.ts';
import { disconnectServices } from '../services.ts';
import type { TruncatedArray } from './truncate-arrays.ts';

interface Loan {
  readonly id: string;
  readonly items: readonly unknown[];
  readonly notes: readonly unknown[];
}

const batch = batchOf<Loan>()({ service: 'loans', path: '/loans', rowKey: 'id' });
const single = batchOf<Loan>()({ service: 'loans', path: '/loans/{id}', rowKey: 'id', ids: inPath() });
const page = listOf<Loan>()({ service: 'loans', path: '/loans', params: ['limit'], rowKey: 'id' });

const array = (length: number) => Array.from({ length }, (_, index) => index);
const loan = (id: string, items: unknown) => ({ id, items, notes: array(1_000) });

test.each<[string, (rows: ReturnType<typeof rowsOf>) => Promise<unknown>]>([
  ['a batch', (rows) => rows.rows(batch, ['long', 'short', 'none', 'odd'], undefined, requestContext())],
  ['single gets', (rows) => rows.rows(single, ['long', 'short', 'none', 'odd'], undefined, requestContext())],
  ['a page', async (rows) => (await rows.page(page, '/loans?limit=4', undefined, requestContext())).rows],
])('arrays in the rows of %s are truncated to maxItems, reported and counted', async (_, load) => {
  const loans = [loan('long', array(1_000)), loan('short', array(20)), loan('none', null), loan('odd', { length: 90 })];
  await using service = await startLocalService(({ url }, response) => {
    const { pathname } = new URL(url, 'http://service');
    json(response, pathname === '/loans' ? loans : loans.find(({ id }) => pathname.endsWith(id)));
  });
  const services = servicesAt(service.url);
  const truncated: TruncatedArray[] = [];
  const rows = await load(rowsOf(createFetcher(services, (array) => truncated.push(array))));
  const [tally] = [...services.loans.calls].map(([endpoint, { truncated }]) => ({ endpoint, truncated }));
  await disconnectServices(services);
  // The OpenAPI document of loans bounds only `items`.
  expect(rows).toEqual([
    loan('long', array(20)),
    loan('short', array(20)),
    loan('none', null),
    loan('odd', { length: 90 }),
  ]);
  const endpoint = truncated[0]?.endpoint;
  expect(truncated).toEqual([{ service: 'loans', endpoint, path: 'items', maxItems: 20 }]);
  expect(tally).toEqual({ endpoint, truncated: 1 });
});

test('deeply nested arrays are a bad response', async () => {
  await using service = await startLocalService((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  });
  const services = servicesAt(service.url);
  const rows = rowsOf(createFetcher(services));
  const loaded = rows.page(page, '/loans?limit=4', undefined, requestContext());
  await expect(loaded).rejects.toMatchObject({ code: 'SERVICE_BAD_RESPONSE' });
  await disconnectServices(services);
});
