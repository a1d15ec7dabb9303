import { describe, expect, test } from '@jest/globals';
import { batchSplits } from './batch-splits.ts';
import type { FieldInfo } from './field-path.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { RequestTrace } from './request-trace.ts';

const books = { maxBatch: 3, ids: { many: true } };
const single = { maxBatch: 3, ids: { many: false } };

/** A field of a list item. */
const field = (name: string, index = 0): FieldInfo => ({
  path: { key: name, prev: { key: index, prev: { key: 'items', prev: undefined } } },
});

/** A traced ledger with a batch of these keys, each loaded by this field. */
function watched() {
  const trace = new RequestTrace();
  const ledger = createLedger(undefined, trace);
  const ask = (name: string, ids: readonly string[], more: { isPart?: boolean; endpoint?: object } = {}) => {
    const { endpoint = books } = more;
    for (const [index, id] of ids.entries()) trace.load(endpoint, id, field(name, index));
    return ledger.begin('library', 'GET /books', ids.length, { endpoint, ids, ...more });
  };
  return { ledger, ask };
}

const splitsOf = ({ entries }: Ledger) =>
  batchSplits(entries).map(({ batches, ...split }) => ({ ...split, fields: batches.map(({ fields }) => fields) }));

describe('batches of one wave', () => {
  test('are split when their keys fit into fewer, and each has its fields', () => {
    const { ledger, ask } = watched();
    const first = ask('book', ['a', 'b']);
    const second = ask('gift', ['c']);
    expect(splitsOf(ledger)).toEqual([
      {
        service: 'library',
        endpoint: 'GET /books',
        wave: 1,
        keys: 3,
        needed: 1,
        fields: [['items.book'], ['items.gift']],
      },
    ]);
    expect(batchSplits(ledger.entries)[0]?.batches.map(({ entry }) => entry)).toEqual([first, second]);
  });

  test('are not split when their keys need them', () => {
    const { ledger, ask } = watched();
    ask('book', ['a', 'b', 'c']);
    ask('book', ['d']);
    expect(splitsOf(ledger)).toEqual([]);
  });

  test('are not split when the service takes one key per call', () => {
    const { ledger, ask } = watched();
    for (const id of ['a', 'b']) ask('book', [id], { endpoint: single });
    expect(splitsOf(ledger)).toEqual([]);
  });

  test('are not split when the service refused one and it was bisected', () => {
    const { ledger, ask } = watched();
    ask('book', ['a', 'b', 'c']);
    ask('book', ['a'], { isPart: true });
    ask('book', ['b', 'c'], { isPart: true });
    expect(splitsOf(ledger)).toEqual([]);
  });
});

test('batches of one wave are split regardless of the time between them', () => {
  const { ledger, ask } = watched();
  ledger.end(ask('book', ['a']));
  ask('gift', ['b']);
  expect(ledger.entries.map(({ wave }) => wave)).toEqual([1, 1]);
  expect(splitsOf(ledger)).toMatchObject([{ wave: 1, needed: 1, fields: [['items.book'], ['items.gift']] }]);
});

test('dependent batches and cache hits are not split', () => {
  const { ledger, ask } = watched();
  ledger.end(ask('book', ['a']));
  const { path } = field('book');
  const bonus = { path: { key: 'bonus', prev: path } };
  for (const id of ['b', 'c', 'd']) ledger.trace?.load(books, id, bonus);
  ledger.begin('library', 'GET /books', 1, { endpoint: books, ids: ['b'] });
  ledger.hit('library', 'GET /books', 1, 0, { endpoint: books, ids: ['c'] });
  ledger.hit('library', 'GET /books', 1, 0, { endpoint: books, ids: ['d'] });
  expect(ledger.entries.map(({ wave }) => wave)).toEqual([1, 2, 2, 2]);
  expect(splitsOf(ledger)).toEqual([]);
});

test('an untraced request has no splits', () => {
  const ledger = createLedger();
  for (const id of ['a', 'b']) ledger.begin('library', 'GET /books', 1, { endpoint: books, ids: [id] });
  expect(ledger.entries.map(({ trace }) => trace)).toEqual([undefined, undefined]);
  expect(batchSplits(ledger.entries)).toEqual([]);
});
