import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { requestContext, servicesAt } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import { ErrorCode } from '../../request/errors.ts';
import { createFetcher } from '../fetcher.ts';
import { disconnectServices } from '../services.ts';

const things = listOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id' });
const call = { endpoint: things, path: '/things', keys: 0 };
/** More microtasks than a rejected call needs. A call that needs a timer or a socket does not end after any number of them. */
const MICROTASKS = 100;

const pass = stoppedClock();

async function settlesInMicrotasks(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  for (let tasks = 0; tasks < MICROTASKS; tasks += 1) await undefined;
  return isSettled;
}

test('an open circuit rejects without waiting for a timer, a socket or the event loop', async () => {
  let isIll = false;
  await using service = await startLocalService((_request, response) => {
    if (isIll) response.writeHead(500).end();
    else json(response, []);
  });
  const services = servicesAt(service.url);
  const fetcher = createFetcher(services);
  const healthy = fetcher(call, requestContext());
  // The measurement distinguishes the two.
  expect(await settlesInMicrotasks(healthy)).toBe(false);
  await healthy;
  isIll = true;
  for (let calls = 0; calls < 200 && services.members.load.isCircuitClosed; calls += 1) {
    await fetcher(call, requestContext()).catch(() => {});
    pass(10);
  }
  expect(services.members.load.isCircuitClosed).toBe(false);
  const asked = service.arrived.length;
  const refused = fetcher(call, requestContext());
  expect(await settlesInMicrotasks(refused)).toBe(true);
  await expect(refused).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable, notSent: true });
  expect(service.arrived).toHaveLength(asked);
  await disconnectServices(services);
});
