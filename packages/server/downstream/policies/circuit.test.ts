import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { anyAnswer, anyCall, newRecord } from '@facet/testing/internal/send.ts';
import { expect, test } from '@jest/globals';
import {
  CallerGoneError,
  DeadlineExceededError,
  ErrorCode,
  ServiceBadResponseError,
  ServiceRejectedError,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import { breakCircuit } from './circuit-breaker.ts';

const pass = stoppedClock();

/** A service whose calls end as the test decides, one call every 10 ms. */
function circuit() {
  const load = { underWay: 0, waiting: 0, isCircuitClosed: true, circuitOpenings: 0 };
  const service = { calls: 0, ends: async () => anyAnswer };
  const policy = breakCircuit('loans', load, () => 0.5);
  const newPipeline = () =>
    policy(() => {
      service.calls += 1;
      return service.ends();
    });
  const pipeline = newPipeline();
  const ask = (send = pipeline) => send(anyCall, requestContext(), newRecord());
  const failWith = async (error: Error, times: number) => {
    service.ends = () => Promise.reject(error);
    for (let time = 0; time < times; time += 1) {
      await ask().catch(() => {});
      pass(10);
    }
  };
  return { load, service, newPipeline, ask, failWith };
}

const ill = new ServiceUnavailableError('loans', undefined, { status: 500 });

test.each([
  ['5xx', ill],
  ['failed connections', new ServiceUnavailableError('loans')],
  ['timeouts', new ServiceTimeoutError('loans', 1)],
  ['deadlines after enough time', new DeadlineExceededError('loans', { hadFullTimeout: true })],
  ['bad responses', new ServiceBadResponseError('loans')],
])('%s open the circuit, and no further call is sent', async (_what, error) => {
  const { load, service, ask, failWith } = circuit();
  await failWith(error, 100);
  expect(load.isCircuitClosed).toBe(false);
  const before = service.calls;
  expect(before).toBeLessThan(100);
  await expect(ask()).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable, notSent: true });
  expect(service.calls).toBe(before);
});

test.each([
  ['4xx', new ServiceRejectedError('loans', 400)],
  ['429', new ServiceUnavailableError('loans', undefined, { status: 429 })],
  ['timeouts in the queue', new ServiceTimeoutError('loans', 1, { notSent: true })],
  ['a full queue', new ServiceUnavailableError('loans', undefined, { notSent: true })],
  ['callers who hang up', new CallerGoneError()],
  ['deadlines of callers', new DeadlineExceededError('loans')],
])('%s do not open the circuit', async (_what, error) => {
  const { load, service, failWith } = circuit();
  await failWith(error, 100);
  expect(load.isCircuitClosed).toBe(true);
  expect(service.calls).toBe(100);
});

test.each([
  ['good responses', undefined],
  ['rejections', new ServiceRejectedError('loans', 403)],
  ['429 responses', new ServiceUnavailableError('loans', undefined, { status: 429 })],
])('one failure in a hundred among %s does not open the circuit', async (_what, error) => {
  const { load, service, ask, failWith } = circuit();
  for (let round = 0; round < 20; round += 1) {
    await failWith(ill, 1);
    service.ends = () => (error ? Promise.reject(error) : Promise.resolve(anyAnswer));
    for (let time = 0; time < 99; time += 1) {
      await ask().catch(() => {});
      pass(10);
    }
  }
  expect(load.isCircuitClosed).toBe(true);
  expect(service.calls).toBe(2_000);
});

test('a broken endpoint does not affect other endpoints of its service, however often it is probed', async () => {
  const { load, service, newPipeline, ask, failWith } = circuit();
  const other = newPipeline();
  for (let round = 0; round < 20; round += 1) {
    await failWith(ill, 100);
    service.ends = async () => anyAnswer;
    await expect(ask(other)).resolves.toBe(anyAnswer);
  }
  expect(load.isCircuitClosed).toBe(false);
  pass(20_000);
  await expect(ask()).resolves.toBe(anyAnswer);
  expect(load.isCircuitClosed).toBe(true);
});

test('one call probes the service after a pause, all others are rejected meanwhile, and its success closes the circuit', async () => {
  const { load, service, ask, failWith } = circuit();
  await failWith(ill, 100);
  const before = service.calls;
  pass(2_000);
  let answer = () => {};
  service.ends = () =>
    new Promise((resolve) => {
      answer = () => resolve(anyAnswer);
    });
  const probe = ask();
  for (let index = 0; index < 10; index += 1) await expect(ask()).rejects.toMatchObject({ notSent: true });
  expect(service.calls).toBe(before + 1);
  answer();
  await expect(probe).resolves.toBe(anyAnswer);
  expect(load.isCircuitClosed).toBe(true);
});

test('a failed probe keeps the circuit open for longer', async () => {
  const { load, service, ask, failWith } = circuit();
  await failWith(ill, 100);
  pass(1_300);
  await failWith(ill, 1);
  expect(load.isCircuitClosed).toBe(false);
  const before = service.calls;
  pass(1_300);
  await expect(ask()).rejects.toMatchObject({ notSent: true });
  expect(service.calls).toBe(before);
  pass(1_300);
  service.ends = async () => anyAnswer;
  await expect(ask()).resolves.toBe(anyAnswer);
  expect(load.isCircuitClosed).toBe(true);
});

test.each([
  ['is cancelled by its caller', new CallerGoneError(), false],
  ['had too little time', new DeadlineExceededError('loans'), false],
  ['is rejected by a healthy service', new ServiceRejectedError('loans', 400), true],
])('a probe that %s closes the circuit: %p', async (_what, error, closes) => {
  const { load, service, ask, failWith } = circuit();
  await failWith(ill, 100);
  pass(2_000);
  const before = service.calls;
  await failWith(error, 1);
  expect(service.calls).toBe(before + 1);
  expect(load.isCircuitClosed).toBe(closes);
  service.ends = async () => anyAnswer;
  await expect(ask()).resolves.toBe(anyAnswer);
  expect(load.isCircuitClosed).toBe(true);
});
