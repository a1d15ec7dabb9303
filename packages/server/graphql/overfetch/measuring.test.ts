import { Writable } from 'node:stream';
import { setImmediate as turnOver } from 'node:timers/promises';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createLog } from '../../telemetry/log.ts';
import { type EndpointUse, OverfetchMeter } from '../../telemetry/overfetch-meter.ts';
import { AD_HOC } from '../../telemetry/request-metrics.ts';
import { createEngine } from '../execute.ts';
import { list } from '../fields.ts';
import { buildSchema } from '../schema.ts';

const things = listOf<{ id: string; name: string }>()({ service: 'library', path: '/things', rowKey: 'id' });
const schema = buildSchema('type Query { things: [Thing!] } type Thing { name: String }', {
  Query: { things: list(things) },
});
const SCREEN = parse('query Things { things { name } }');

/** Runs operations on a service with one row, and returns their log lines. */
async function run(meter: OverfetchMeter, ...documents: (typeof SCREEN)[]) {
  const logged: Record<string, unknown>[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(JSON.parse(String(chunk)));
      done();
    },
  });
  await using service = await startLocalService((_request, response) => json(response, [{ id: 'a', name: 'n' }]));
  await using fetcher = fetcherFor(service.url);
  const engine = createEngine(schema, fetcher.rows, createLog('test', 'debug', lines), undefined, meter);
  engine.preparation.register(SCREEN, { isCompiledNow: true });
  for (const document of documents) {
    await engine.execute({ document, operationName: undefined, variables: {} }, requestContext());
  }
  await turnOver();
  return logged;
}

test('a screen is measured under its name; other operations share one name', async () => {
  const meter = new OverfetchMeter(1);
  await run(meter, SCREEN, SCREEN, parse('query Mine { things { name } }'), parse('query Things { things { name } }'));
  const figures = meter.screens.map(({ screen, responses, endpoints }) => ({ screen, responses, endpoints }));
  const endpoint = { service: 'library', endpoint: 'GET /things', calls: 2, fetchedBytes: 36, usedBytes: 20 };
  expect(figures).toMatchObject([
    { screen: 'Things', responses: 2, endpoints: [endpoint] },
    { screen: AD_HOC, responses: 2, endpoints: [endpoint] },
  ]);
});

test('each measured response logs the fetched and used bytes', async () => {
  const logged = await run(new OverfetchMeter(2), SCREEN, SCREEN, SCREEN);
  expect(logged).toHaveLength(2);
  expect(logged[0]).toMatchObject({
    msg: 'fetched and used',
    level: 20,
    requestId: 'test-request',
    screen: 'Things',
    fetched: [{ endpoint: 'GET /things', bodyBytes: 23, fetchedBytes: 18, usedBytes: 10, unread: { id: 8 } }],
  });
});

test('a rejected operation is not measured', async () => {
  const meter = new OverfetchMeter(1);
  await run(meter, parse('mutation { things }'));
  expect(meter.screens).toEqual([]);
});

test('a failed measurement is logged and has no other effect', async () => {
  class BrokenMeter extends OverfetchMeter {
    override add(_screen: string, _uses: Iterable<EndpointUse>): void {
      throw new Error('full');
    }
  }
  const logged = await run(new BrokenMeter(1), SCREEN);
  expect(logged).toMatchObject([{ level: 50, msg: 'a response could not be measured', err: { message: 'full' } }]);
});
