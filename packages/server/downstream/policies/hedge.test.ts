import { requestContext } from '@facet/testing/internal/request.ts';
import { anyAnswer, anyCall, heldCalls, newRecord } from '@facet/testing/internal/send.ts';
import { describe, expect, test } from '@jest/globals';
import { CallerGoneError } from '../../request/errors.ts';
import { hedge } from './hedge.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A hedged endpoint whose calls were almost instant so far, so that the next one is hedged almost at once. */
async function warm(load = { underWay: 0, waiting: 0, isCircuitClosed: true, circuitOpenings: 0 }) {
  const { send, arrived } = heldCalls();
  const layer = hedge(10, load)(send);
  for (let index = 0; index < 40; index += 1) {
    const answer = layer(anyCall, requestContext(), newRecord());
    arrived[index]?.answer();
    await answer;
  }
  const since = arrived.length;
  return {
    layer,
    load,
    calls: () => arrived.slice(since),
    seen: async (count: number) => {
      while (arrived.length < since + count) await turn();
    },
  };
}

describe('a slow call', () => {
  test('is sent a second time; the first response wins and the other call is cancelled', async () => {
    const { layer, calls, seen } = await warm();
    const record = newRecord();
    const answer = layer(anyCall, requestContext(), record);
    await seen(2);
    calls()[1]?.answer();
    await expect(answer).resolves.toBe(anyAnswer);
    expect(record.hedged).toBe(true);
    expect(calls().map(({ caller }) => caller.signal.aborted)).toEqual([true, true]);
    // CallerGoneError, which does not count as a failure for the circuit breaker.
    expect(calls()[0]?.caller.signal.reason).toBeInstanceOf(CallerGoneError);
    expect(calls()).toHaveLength(2);
  });

  test('counts the bytes of both calls, and those of the losing one as lost', async () => {
    const { layer, calls, seen } = await warm();
    const record = { ...newRecord(), bytes: 7, lostBytes: 7 };
    const answer = layer(anyCall, requestContext(), record);
    await seen(2);
    for (const [index, bytes] of [40, 100].entries()) Object.assign(calls()[index]?.record ?? {}, { bytes });
    calls()[1]?.answer();
    await answer;
    expect(record).toMatchObject({ bytes: 147, lostBytes: 47 });
  });

  test('fails with the last error when both calls fail', async () => {
    const { layer, calls, seen } = await warm();
    const answer = layer(anyCall, requestContext(), newRecord());
    await seen(2);
    calls()[0]?.fail(new Error('first'));
    await turn();
    calls()[1]?.fail(new Error('second'));
    await expect(answer).rejects.toThrow('second');
  });

  test('is not sent for a caller who has hung up', async () => {
    const { layer, calls } = await warm();
    const signal = AbortSignal.abort(new CallerGoneError());
    await expect(layer(anyCall, requestContext({ signal }), newRecord())).rejects.toBeInstanceOf(CallerGoneError);
    expect(calls()).toHaveLength(0);
  });

  test('is cancelled with its second call when the caller hangs up', async () => {
    const { layer, calls, seen } = await warm();
    const gone = new AbortController();
    const answer = layer(anyCall, requestContext({ signal: gone.signal }), newRecord());
    await seen(2);
    gone.abort(new CallerGoneError());
    await expect(answer).rejects.toBeInstanceOf(CallerGoneError);
    expect(calls().every(({ caller }) => caller.signal.aborted)).toBe(true);
  });

  test.each([
    ['the circuit is not closed', { underWay: 0, waiting: 0, isCircuitClosed: false, circuitOpenings: 0 }],
    ['calls wait', { underWay: 0, waiting: 1, isCircuitClosed: true, circuitOpenings: 0 }],
    ['the limit is near', { underWay: 8, waiting: 0, isCircuitClosed: true, circuitOpenings: 0 }],
  ])('is not sent again when %s', async (_what, load) => {
    const { layer, calls } = await warm(load);
    const answer = layer(anyCall, requestContext(), newRecord());
    for (let index = 0; index < 200; index += 1) await turn();
    expect(calls()).toHaveLength(1);
    calls()[0]?.answer();
    await answer;
  });
});

test('at most one call in twenty is hedged', async () => {
  const { layer, calls } = await warm();
  let asked = 0;
  const records = [];
  for (; asked < 200; asked += 1) {
    const record = newRecord();
    records.push(record);
    const answer = layer(anyCall, requestContext(), record);
    for (let index = 0; index < 20; index += 1) await turn();
    for (const each of calls()) each.answer();
    await answer;
  }
  const twice = records.filter(({ hedged }) => hedged).length;
  expect(calls().length).toBe(asked + twice);
  expect(twice).toBeLessThanOrEqual(0.05 * (asked + 40));
});
