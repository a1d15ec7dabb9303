import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { requestContext, servicesAt } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { expect, test } from '@jest/globals';
import express from 'express';
import { createFetcher } from '../downstream/fetcher.ts';
import { CallerGoneError } from '../request/errors.ts';
import { createLog } from '../telemetry/log.ts';
import type { Readiness } from './routes/health.ts';
import { createHttpServer } from './server/http-server.ts';
import { listenOn } from './server/listeners.ts';
import { stop } from './stop.ts';

const things = listOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id' });
const call = { endpoint: things, path: '/things', keys: 0 };

test('requests under way end, and then the connections to the services', async () => {
  let release = () => {};
  await using service = await startLocalService((_request, response) => {
    if (service.arrived.length === 1) json(response, []);
    else release = () => json(response, [{ id: 'a' }]);
  });
  const services = servicesAt(service.url);
  const fetcher = createFetcher(services);
  // This one leaves an idle connection behind.
  await fetcher(call, requestContext());
  const app = express();
  app.get('/', async (_request, response) => {
    response.json((await fetcher(call, requestContext())).json);
  });
  const readiness: Readiness = { state: 'ready' };
  const server = createHttpServer(app, { isStopping: () => readiness.state === 'stopping' });
  const listening = await listenOn(server, 0);
  const answer = fetch(`http://127.0.0.1:${listening.port}/`);
  await until(() => service.arrived.length === 2);

  const stopped = stop({ server, listening, readiness, services, drainMs: 0, log: createLog('test', 'silent') });
  await until(() => !server.listening);
  expect(await service.connections()).toBeGreaterThan(0);
  release();
  expect(await (await answer).json()).toEqual([{ id: 'a' }]);
  await stopped;
  await until(async () => (await service.connections()) === 0);
});

test('a call that is cut off by that is neither retried nor held against the service', async () => {
  await using service = await startLocalService(() => {});
  const services = servicesAt(service.url);
  const fetcher = createFetcher(services);
  const server = createHttpServer(express());
  const listening = await listenOn(server, 0);
  const cutOff = expect(fetcher(call, requestContext())).rejects.toBeInstanceOf(CallerGoneError);
  await until(() => service.arrived.length === 1);
  await stop({
    server,
    listening,
    readiness: { state: 'ready' },
    services,
    drainMs: 0,
    log: createLog('test', 'silent'),
  });
  await cutOff;
  await expect(fetcher(call, requestContext())).rejects.toBeInstanceOf(CallerGoneError);
  expect(service.arrived).toHaveLength(1);
});
