import { beforeEach, expect, test } from '@jest/globals';
import { MemoryStore } from '../../../testing/memory-store.ts';
import { until } from '../../../testing/until.ts';
import { Kept } from '../kept.ts';
import type { Change } from './store.ts';
import { WriteBehind } from './write-behind.ts';

let store: MemoryStore;
let writes: WriteBehind;
beforeEach(() => {
  store = new MemoryStore();
  writes = new WriteBehind(store);
});

function kept(value: unknown, cacheControl = 'public, max-age=60'): Kept<unknown> {
  return new Kept(value, undefined, 'x', { 'cache-control': cacheControl });
}

const writtenAs = (name: string) => JSON.parse(store.values.get(name)?.text ?? 'null')?.value;

test('what is put is written later, together, and of one name only the last', async () => {
  const sent: number[] = [];
  const { write } = store;
  store.write = (changes) => {
    sent.push(changes.size);
    return write.call(store, changes);
  };
  for (let count = 0; count < 150; count += 1) writes.put(`n${count}`, kept(count));
  writes.put('n0', kept('again'));
  writes.put('n1', null);
  expect(store.values.size).toBe(0);
  await until(() => writes.written === 150);
  expect(sent).toEqual([100, 50]);
  expect(writtenAs('n0')).toBe('again');
  expect(writtenAs('n149')).toBe(149);
  expect(store.values.has('n1')).toBe(false);
});

test('while the store does not take anything a bounded number waits, and the rest is dropped', async () => {
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  const { write } = store;
  store.write = async (changes) => {
    await thawed;
    return write.call(store, changes);
  };
  writes.put('first', kept(0));
  await until(() => writes.waiting === 0);
  for (let count = 0; count < 2_500; count += 1) writes.put(`n${count}`, kept(count));
  expect(writes).toMatchObject({ waiting: 2_000, dropped: 500, written: 0 });
  writes.put('n1', kept('newer'));
  expect(writes.dropped).toBe(500);
  thaw();
  await until(() => writes.written === 2_001);
  expect(writes).toMatchObject({ waiting: 0, dropped: 500, failed: 0 });
  expect(writtenAs('n1')).toBe('newer');
});

test('what the store does not write is counted, and what comes after it is written', async () => {
  const { write } = store;
  let refuse = true;
  store.write = async (changes): Promise<number> => {
    if (refuse) throw new Error('OOM command not allowed');
    return write.call(store, changes as ReadonlyMap<string, Change>);
  };
  writes.put('a', kept(1));
  await until(() => writes.failed === 1);
  refuse = false;
  writes.put('b', kept(2));
  await until(() => writes.written === 1);
  expect([...store.values.keys()]).toEqual(['b']);
});

test('what is too large, or of no use for long, is not written', async () => {
  writes.put('large', kept('x'.repeat(300_000)));
  writes.put('old', kept(1, 'public, max-age=0'));
  writes.put('a', kept(1));
  await until(() => writes.written === 1);
  expect([...store.values.keys()]).toEqual(['a']);
  expect(writes).toMatchObject({ tooLarge: 1, failed: 0, dropped: 0 });
});

test.each([
  ['public, max-age=60', 60],
  ['public, max-age=60, stale-while-revalidate=30, stale-if-error=600', 660],
  ['public, max-age=60, stale-while-revalidate=900', 960],
  ['public, max-age=60, stale-if-error=600, must-revalidate', 60],
  ['public, max-age=0, stale-while-revalidate=30', 30],
  ['public, max-age=31536000', 86_400],
])('an entry under %s stays for %d seconds', async (cacheControl, seconds) => {
  writes.put('a', kept(1, cacheControl));
  await until(() => writes.written === 1);
  const { ttlMs = 0 } = store.values.get('a') ?? {};
  expect(ttlMs).toBeLessThanOrEqual(seconds * 1_000);
  expect(ttlMs).toBeGreaterThan((seconds - 10) * 1_000);
});
