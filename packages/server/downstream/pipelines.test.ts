import { requestContext, servicesAt } from '@facet/testing/internal/request.ts';
import { anyAnswer, anyCall, heldCalls, newRecord } from '@facet/testing/internal/send.ts';
import { expect, test } from '@jest/globals';
import type { Endpoint } from './endpoint.ts';
import { createPipelines } from './fetcher.ts';
import { disconnectServices } from './services.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The pipelines of a service whose calls the test answers. */
async function pipelines() {
  const services = servicesAt('http://127.0.0.1:9');
  await disconnectServices(services);
  const { send, arrived } = heldCalls();
  return { pipelineOf: createPipelines('loans', services.loans, () => {}, send), arrived };
}

test.each([true, false])('slow calls are hedged for an endpoint with hedge: %p', async (hedge) => {
  const { pipelineOf, arrived } = await pipelines();
  const endpoint: Endpoint = { ...anyCall.endpoint, hedge };
  const call = () => pipelineOf(endpoint)({ ...anyCall, endpoint }, requestContext(), newRecord());
  for (let index = 0; index < 40; index += 1) {
    const answer = call();
    arrived.at(-1)?.answer();
    await answer;
  }
  const before = arrived.length;
  const answer = call();
  const calls = hedge ? 2 : 1;
  for (let index = 0; index < 200 || arrived.length < before + calls; index += 1) await turn();
  expect(arrived).toHaveLength(before + calls);
  arrived.at(-1)?.answer();
  await expect(answer).resolves.toBe(anyAnswer);
});

test.each([
  ['public GETs', { public: true, method: 'GET' }, 1],
  ['public POSTs', { public: true, method: 'POST' }, 2],
  ['GETs with an identity', { public: false, method: 'GET' }, 2],
] as const)('identical concurrent %s are sent as %j', async (_what, description, calls) => {
  const { pipelineOf, arrived } = await pipelines();
  const endpoint: Endpoint = { ...anyCall.endpoint, ...description };
  const call = () => pipelineOf(endpoint)({ ...anyCall, endpoint }, requestContext(), newRecord());
  const answers = [call(), call()];
  await turn();
  expect(arrived).toHaveLength(calls);
  // The response is not public: the second caller of a coalesced call sends its own.
  while (arrived.length > 0) {
    arrived.shift()?.answer();
    await turn();
  }
  await expect(Promise.all(answers)).resolves.toEqual([anyAnswer, anyAnswer]);
});

test('a pipeline is composed once per endpoint', async () => {
  const { pipelineOf } = await pipelines();
  const other: Endpoint = { ...anyCall.endpoint };
  expect(pipelineOf(anyCall.endpoint)).toBe(pipelineOf(anyCall.endpoint));
  expect(pipelineOf(other)).not.toBe(pipelineOf(anyCall.endpoint));
});
