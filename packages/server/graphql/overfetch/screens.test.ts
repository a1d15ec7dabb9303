import { readFileSync } from 'node:fs';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import type { ReferenceService } from '@facet/testing/internal/reference-services.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getOperationAST } from 'graphql';
import { type RowSource, rowsOf } from '../../downstream/batching/row-source.ts';
import { createLog } from '../../telemetry/log.ts';
import { type EndpointUse, usedShare } from '../../telemetry/overfetch-meter.ts';
import { createEngine } from '../execute.ts';
import { buildSchema } from '../schema.ts';
import { readScreens } from '../screens.ts';
import { overfetchOf } from './overfetch.ts';
import { readsOf } from './reads.ts';

const log = createLog('test', 'silent');

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

/** The same rows without sparse fetching. */
function whole(source: RowSource): RowSource {
  return {
    rows: (endpoint, keys, _properties, request) => source.rows(endpoint, keys, undefined, request),
    page: (endpoint, path, _properties, request) => source.page(endpoint, path, undefined, request),
  };
}

const SCREENS = CLIENTS.flatMap((bff) => {
  const schema = buildSchema(readFileSync(`${FIXTURE}schemas/${bff.client}.graphql`, 'utf8'), bff.resolvers);
  return readScreens(`${FIXTURE}bffs/${bff.client}/screens`, schema).map((screen) => ({ ...screen, bff, schema }));
});

/** The bytes that one request of a screen with its example fetched and used. */
async function usesOf({ name, document, bff, schema }: (typeof SCREENS)[number], cut = (source: RowSource) => source) {
  await using members = fetcherFor(services.urls.members);
  await using loans = fetcherFor(services.urls.loans);
  await using library = fetcherFor(services.urls.library);
  const fetchers = { members, loans, library };
  const rows = cut(rowsOf((call, request) => fetchers[call.endpoint.service as ReferenceService].fetch(call, request)));
  const request = requestContext({ identity: { header: bff.identity.header, id: bff.identity.exampleId } });
  const operation = getOperationAST(document);
  if (!operation) throw new Error('A screen has an operation.');
  const asked = { document, operationName: name, variables: bff.examples[name] ?? {} };
  expect((await createEngine(schema, rows, log).execute(asked, request)).errors).toBeUndefined();
  return overfetchOf(request.ledger.entries, readsOf(schema, document, operation));
}

const total = (uses: readonly EndpointUse[], figure: 'fetchedBytes' | 'usedBytes') =>
  uses.reduce((sum, use) => sum + use[figure], 0);

test.each(SCREENS)('$name of $bff.client uses the same bytes and fetches fewer with sparse rows', async (screen) => {
  const cut = await usesOf(screen);
  const full = await usesOf(screen, whole);
  expect(total(full, 'usedBytes')).toBe(total(cut, 'usedBytes'));
  expect(total(full, 'fetchedBytes')).toBeGreaterThan(total(cut, 'fetchedBytes'));
  expect(usedShare(cut)).toBeGreaterThan(0.8);
  for (const { bodyBytes, fetchedBytes } of [...cut, ...full]) expect(fetchedBytes).toBeLessThan(bodyBytes);
});

test.each(SCREENS.filter(({ name }) => name === 'Home'))(
  '$name would use less than half of whole rows',
  async (home) => {
    expect(usedShare(await usesOf(home, whole))).toBeLessThan(0.5);
  },
);
