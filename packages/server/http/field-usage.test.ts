import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { metricsOf } from '@facet/testing/internal/metrics.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FieldUse } from '../telemetry/field-use.ts';

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

const version = (name: string) => ({ 'apollographql-client-name': 'app', 'apollographql-client-version': name });

async function usesOf(running: RunningBff, requests: number): Promise<ReadonlyMap<string, FieldUse>> {
  const isRequest = ({ level, msg }: Readonly<Record<string, unknown>>) => level === 30 && msg === 'request';
  await until(() => running.logged.filter(isRequest).length === requests);
  const text = await (await fetch(`${running.url}/sandbox/fields.json`)).text();
  const { fields }: { readonly fields: readonly FieldUse[] } = JSON.parse(text);
  return new Map(fields.map((use) => [use.field, use]));
}

test('each field is told with who asked for it how often, and one that nobody asked for with nobody', async () => {
  await using running = await startBff(web, services.urls);
  await running.screen('BookPage', { id: 'b_7' }, version('1'));
  await running.screen('BookPage', { id: 'b_7' }, version('1'));
  await running.query('{ book(id: "b_7") { alias: name } }', {}, version('2'));
  // It is asked for, and nothing is run.
  await running.query('{ loan(id: "l_7") { id nothing } }', {}, version('2'));
  const uses = await usesOf(running, 4);
  expect(uses.get('Book.name')).toEqual({
    field: 'Book.name',
    requests: 3,
    clients: [
      { name: 'app', version: '1', requests: 2 },
      { name: 'app', version: '2', requests: 1 },
    ],
  });
  expect(uses.get('Book.description')?.requests).toBe(2);
  for (const field of ['Query.loan', 'Loan.id', 'Reading.title']) {
    expect(uses.get(field)).toEqual({ field, requests: 0, clients: [] });
  }
  const figures = await metricsOf(running.url);
  expect(figures.get('facet_field_requests_total{field="Book.name",client_name="app",client_version="1"}')).toBe(2);
  expect(figures.get('facet_field_requests_total{field="Reading.title",client_name="",client_version=""}')).toBe(0);
});

test('counts go on where operations are too many to be remembered', async () => {
  await using running = await startBff(web, services.urls);
  const ask = (index: number) => running.query(`query N${index} { book(id: "b_7") { name } }`);
  for (let index = 0; index < 600; index += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, of) => ask(index + of)));
  }
  expect((await usesOf(running, 600)).get('Book.name')?.requests).toBe(600);
});

test('what is asked of an interface is asked of all its types, through fragments, and of one operation of its document', async () => {
  await using running = await startBff(partner, services.urls);
  const document = `
    query A { node(id: "x") { id ...Status } }
    query B { books(first: 1) { edges { cursor } } }
    fragment Status on LoanStatus { itemCount }`;
  const response = await fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'X-Branch-Id': 'br_1' },
    body: JSON.stringify({ query: document, operationName: 'A' }),
  });
  expect(response.status).toBe(200);
  const uses = await usesOf(running, 1);
  const asked = [...uses.values()].filter(({ requests }) => requests > 0).map(({ field }) => field);
  expect(asked.sort()).toEqual(['Book.id', 'LoanStatus.id', 'LoanStatus.itemCount', 'Query.node']);
});

test('production serves no list', async () => {
  await using running = await startBff(web, services.urls, { SANDBOX: 'off' });
  expect((await fetch(`${running.url}/sandbox/fields.json`)).status).toBe(404);
});
