import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { MemoryStore } from '@facet/testing/internal/memory-store.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../telemetry/log.ts';
import { Reads } from './reads.ts';
import type { Lookup } from './store.ts';

const pass = stoppedClock();

let store: MemoryStore;
let reads: Reads;
beforeEach(() => {
  store = new MemoryStore();
  reads = new Reads(store, 20, createLog('test', 'silent'));
});

const NAMES = ['a', 'b'];

const found = (...values: null[]): Lookup => ({ values, storeMs: 0 });

/** From now on the store does not reply. */
function freeze(): void {
  store.read = (names) => {
    store.looks.push(names);
    return new Promise(() => {
      // As long as its caller would wait.
      pass(20);
    });
  };
}

function fail(): void {
  store.read = async (names) => {
    store.looks.push(names);
    throw new Error('offline');
  };
}

test('a read returns the values in the order of their names', async () => {
  store.values.set('b', { text: 'B', ttlMs: 1 });
  const at = { storeMs: Date.now(), sentAt: performance.now() };
  expect(await reads.of(NAMES, requestContext())).toEqual({ values: [null, Buffer.from('B')], ...at });
  expect(reads).toMatchObject({ answered: 1, timedOut: 0, failed: 0, bypassed: 0, isClosed: true });
});

describe('a store that does not reply', () => {
  test('costs a request no more than its budget, once', async () => {
    freeze();
    const request = requestContext();
    expect(await reads.of(NAMES, request)).toBeUndefined();
    expect(await reads.of(NAMES, request)).toBeUndefined();
    expect(reads).toMatchObject({ timedOut: 1, bypassed: 1 });
    expect(store.looks).toHaveLength(1);
  });

  test('costs concurrent reads no more time than one', async () => {
    const answers: (() => void)[] = [];
    store.read = () => new Promise((resolve) => answers.push(() => resolve(found(null))));
    const request = requestContext();
    const looks = [reads.of(['a'], request), reads.of(['b'], request)];
    pass(10);
    for (const answer of answers) answer();
    expect(await Promise.all(looks)).toMatchObject([{ values: [null] }, { values: [null] }]);
    const third = reads.of(['c'], request);
    pass(6);
    answers[2]?.();
    expect(await third).toMatchObject({ values: [null] });
    expect(await reads.of(['d'], request)).toBeUndefined();
    expect(reads).toMatchObject({ answered: 3, bypassed: 1 });
    expect(answers).toHaveLength(3);
  });

  test('is not asked by a request with little time, which does not count as a failure', async () => {
    freeze();
    for (let count = 0; count < 10; count += 1) {
      expect(await reads.of(NAMES, requestContext({ remainingMs: () => 19 }))).toBeUndefined();
    }
    expect(store.looks).toEqual([]);
    expect(reads).toMatchObject({ bypassed: 10, isClosed: true });
  });

  test('is not timed out when its reply arrived while the event loop was late', async () => {
    store.read = () =>
      new Promise((resolve) => {
        setTimeout(() => setImmediate(() => resolve(found(null))), 20);
      });
    expect(await reads.of(['a'], requestContext())).toMatchObject({ values: [null] });
  });
});

describe('a store that fails', () => {
  test.each([
    ['at once', fail, 'failed'],
    ['by silence', freeze, 'timedOut'],
  ] as const)('%s opens the circuit after five reads', async (_how, begin, counter) => {
    begin();
    for (let count = 0; count < 20; count += 1) expect(await reads.of(NAMES, requestContext())).toBeUndefined();
    expect(store.looks).toHaveLength(5);
    expect(reads).toMatchObject({ [counter]: 5, bypassed: 15, openings: 1, isClosed: false });
  });

  test('is probed by one read at a time, and used again after a probe succeeds', async () => {
    fail();
    for (let count = 0; count < 5; count += 1) await reads.of(NAMES, requestContext());
    pass(60_000);
    let answer: (look: Lookup) => void = () => {};
    store.read = (names) => {
      store.looks.push(names);
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    const tried = reads.of(NAMES, requestContext());
    expect(await reads.of(NAMES, requestContext())).toBeUndefined();
    expect(store.looks).toHaveLength(6);
    answer(found(null, null));
    expect(await tried).toMatchObject({ values: [null, null] });
    expect(reads).toMatchObject({ answered: 1, failed: 5, bypassed: 1, isClosed: true });
  });

  test('stays bypassed for longer after a failed probe', async () => {
    fail();
    for (let count = 0; count < 5; count += 1) await reads.of(NAMES, requestContext());
    pass(60_000);
    await reads.of(NAMES, requestContext());
    await reads.of(NAMES, requestContext());
    expect(store.looks).toHaveLength(6);
    expect(reads).toMatchObject({ failed: 6, bypassed: 1, openings: 2, isClosed: false });
  });
});
