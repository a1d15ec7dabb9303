import { MemoryStore } from '@facet/testing/internal/memory-store.ts';
import { until } from '@facet/testing/internal/until.ts';
import { beforeEach, expect, test } from '@jest/globals';
import { CacheEntry } from '../cache-entry.ts';
import { grantOf } from '../cacheability.ts';
import type { Change } from './store.ts';
import { WriteBehind } from './write-behind.ts';

let store: MemoryStore;
let writes: WriteBehind;
beforeEach(() => {
  store = new MemoryStore();
  writes = new WriteBehind(store);
});

function kept(value: unknown, cacheControl = 'public, max-age=60', headers = {}): CacheEntry<unknown> {
  const grant = grantOf({ 'cache-control': cacheControl, ...headers }, performance.now());
  if (!grant) throw new Error(`"${cacheControl}" is not public.`);
  return new CacheEntry(value, undefined, grant);
}

/** Each entry belongs to its own row, unless a row is given. */
const put = (name: string, value: CacheEntry<unknown>, row = name) => writes.put(row, name, value);

const writtenAs = (name: string) => JSON.parse(store.values.get(name)?.text ?? 'null')?.value;

/** Blocks the store until the returned function is called. */
function freeze(): () => void {
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  const { write } = store;
  store.write = async (changes) => {
    await thawed;
    return write.call(store, changes);
  };
  return thaw;
}

test('writes are sent later and together, and only the last one of each name', async () => {
  const sent: number[] = [];
  const { write } = store;
  store.write = (changes) => {
    sent.push(changes.size);
    return write.call(store, changes);
  };
  for (let count = 0; count < 150; count += 1) put(`n${count}`, kept(count));
  put('n0', kept('again'));
  writes.forget('n1', ['n1']);
  expect(store.values.size).toBe(0);
  await until(() => writes.written === 150);
  expect(sent).toEqual([100, 50]);
  expect(writtenAs('n0')).toBe('again');
  expect(writtenAs('n149')).toBe(149);
  expect(store.values.has('n1')).toBe(false);
});

test('while the store does not reply, a bounded number of writes waits and the rest is dropped', async () => {
  const thaw = freeze();
  put('first', kept(0));
  await until(() => writes.waiting === 0);
  for (let count = 0; count < 2_500; count += 1) put(`n${count}`, kept(count));
  expect(writes).toMatchObject({ waiting: 2_000, dropped: 500, written: 0 });
  put('n1', kept('newer'));
  expect(writes.dropped).toBe(500);
  thaw();
  await until(() => writes.written === 2_001);
  expect(writes).toMatchObject({ waiting: 0, dropped: 500, failed: 0 });
  expect(writtenAs('n1')).toBe('newer');
});

test('deletions have their own bounded room when no further write fits', async () => {
  const thaw = freeze();
  store.values.set('gone', { text: 'older', ttlMs: 1 });
  put('first', kept(0));
  await until(() => writes.waiting === 0);
  for (let count = 0; count < 2_000; count += 1) put(`n${count}`, kept(count));
  writes.forget('gone', ['gone']);
  writes.forget('n7', ['n7']);
  put('late', kept(1));
  expect(writes).toMatchObject({ waiting: 2_001, dropped: 1 });
  for (let count = 0; count < 2_500; count += 1) writes.forget(`x${count}`, [`x${count}`]);
  expect(writes).toMatchObject({ waiting: 4_000, dropped: 502 });
  thaw();
  await until(() => writes.waiting === 0 && writes.written === 4_001);
  expect(store.values.has('gone')).toBe(false);
  expect(store.values.has('n7')).toBe(false);
  expect(writtenAs('n8')).toBe(8);
});

test('failed writes are counted, and later ones are sent', async () => {
  const { write } = store;
  let refuse = true;
  store.write = async (changes): Promise<number> => {
    if (refuse) throw new Error('OOM command not allowed');
    return write.call(store, changes as ReadonlyMap<string, Change>);
  };
  put('a', kept(1));
  await until(() => writes.failed === 1);
  refuse = false;
  put('b', kept(2));
  await until(() => writes.written === 1);
  expect([...store.values.keys()]).toEqual(['b']);
});

test('entries that are too large or almost expired are not written', async () => {
  put('large', kept('x'.repeat(300_000)));
  put('old', kept(1, 'public, max-age=0'));
  put('a', kept(1));
  await until(() => writes.written === 1);
  expect([...store.values.keys()]).toEqual(['a']);
  expect(writes).toMatchObject({ tooLarge: 1, failed: 0, dropped: 0 });
});

test('a deletion cancels all waiting writes of the row', async () => {
  const thaw = freeze();
  store.values.set('row in blue', { text: 'older', ttlMs: 1 });
  put('row in red', kept('red'), 'row');
  await until(() => writes.waiting === 0);
  put('row in green', kept('green'), 'row');
  put('another', kept('another'));
  writes.forget('row', ['row in red', 'row in blue']);
  // The same row again, before the write has ended.
  writes.forget('row', ['row in red']);
  expect(writes.waiting).toBe(4);
  thaw();
  await until(() => writes.written === 5);
  expect([...store.values.keys()]).toEqual(['another']);
  expect(writes).toMatchObject({ waiting: 0, dropped: 0, failed: 0 });
});

test('a write after a deletion is sent', async () => {
  writes.forget('row', ['row in red', 'row in blue']);
  put('row in blue', kept('blue'), 'row');
  await until(() => writes.written === 2);
  expect([...store.values.keys()]).toEqual(['row in blue']);
});

test.each([
  ['public, max-age=60', 60],
  ['public, max-age=60, stale-while-revalidate=30, stale-if-error=600', 660],
  ['public, max-age=60, stale-while-revalidate=900', 960],
  ['public, max-age=60, stale-if-error=600, must-revalidate', 60],
  ['public, max-age=0, stale-while-revalidate=30', 30],
  ['public, max-age=31536000', 86_400],
])('an entry with %s is stored for %d seconds', async (cacheControl, seconds) => {
  put('a', kept(1, cacheControl));
  await until(() => writes.written === 1);
  const { ttlMs = 0 } = store.values.get('a') ?? {};
  expect(ttlMs).toBeLessThanOrEqual(seconds * 1_000);
  expect(ttlMs).toBeGreaterThan((seconds - 10) * 1_000);
});

test('a deletion stays when the entry that follows it is not worth writing', async () => {
  put('a', kept('old'));
  await until(() => writes.written === 1);
  writes.forget('a', ['a']);
  put('a', kept('new', 'public, max-age=0'));
  await until(() => writes.waiting === 0 && writes.written === 2);
  expect(store.values.has('a')).toBe(false);
});

test('the limit of a day counts from when the service generated the entry', async () => {
  put('a', kept(1, 'public, max-age=31536000', { age: '80000' }));
  put('of yesterday', kept(1, 'public, max-age=31536000', { age: '86400' }));
  await until(() => writes.written === 1);
  expect([...store.values.keys()]).toEqual(['a']);
  const { ttlMs = 0 } = store.values.get('a') ?? {};
  expect(ttlMs).toBeLessThanOrEqual(6_400_000);
  expect(ttlMs).toBeGreaterThan(6_390_000);
});

test('entries that are too deep to serialize are counted, and later ones are sent', async () => {
  put('a', kept(JSON.parse(`${'{"1":'.repeat(20_000)}1${'}'.repeat(20_000)}`)));
  put('b', kept(2));
  await until(() => writes.written === 1);
  expect([...store.values.keys()]).toEqual(['b']);
  expect(writes).toMatchObject({ waiting: 0, failed: 1, dropped: 0, tooLarge: 0 });
});
