import { describe, expect, test } from '@jest/globals';
import { documentOf, withArgument, withoutSelection, withSelection } from './page/explorer/edit.ts';

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const query = (text: string, operationName: string | null = null) => ({ text, operationName });
const leaf = (name: string) => ({ name, first: [] });

const FRAGMENTED = '{ order(id: 1) { total { ...Price } } } fragment Price on Money { amount currency }';

describe('a field is selected', () => {
  test('in an empty query, with initial subfields', () => {
    expect(flat(withSelection(query('# empty\n'), ['order'], { name: 'order', first: ['id'] }))).toBe(
      '{ order { id } }',
    );
  });

  test('next to others, at any depth', () => {
    expect(flat(withSelection(query('{ order { id } }'), ['order', 'status'], leaf('status')))).toBe(
      '{ order { id status } }',
    );
  });

  test('in the active operation', () => {
    const two = 'query A { a } query B { b }';
    expect(flat(withSelection(query(two, 'B'), ['c'], leaf('c')))).toBe('query A { a } query B { b c }');
    expect(withSelection(query(two), ['c'], leaf('c'))).toBe(two);
  });

  test('in an inline fragment', () => {
    const what = { name: '... on Product', first: ['name'], onType: 'Product' };
    const text = withSelection(query('{ node { id } }'), ['node', '... on Product'], what);
    expect(flat(text)).toBe('{ node { id ... on Product { name } } }');
    const more = withSelection(query(text), ['node', '... on Product', 'stock'], leaf('stock'));
    expect(flat(more)).toBe('{ node { id ... on Product { name stock } } }');
  });

  test('but not after a syntax error', () => {
    expect(documentOf('{ order {')).toBeUndefined();
    expect(withSelection(query('{ order {'), ['a'], leaf('a'))).toBe('{ order {');
  });
});

describe('a field is removed', () => {
  test('with parents that become empty', () => {
    expect(flat(withoutSelection(query('{ order { id status } }'), ['order', 'id']))).toBe('{ order { status } }');
    expect(flat(withoutSelection(query('{ a order { total { amount } } }'), ['order', 'total', 'amount']))).toBe(
      '{ a }',
    );
    expect(withoutSelection(query('{ order { id } }'), ['order', 'id'])).toBe('');
  });

  test('from the fragment that contains it', () => {
    expect(flat(withoutSelection(query(FRAGMENTED), ['order', 'total', 'amount']))).toBe(
      '{ order(id: 1) { total { ...Price } } } fragment Price on Money { currency }',
    );
  });

  test('from a recursive fragment without an endless loop', () => {
    const wrong = '{ a { ...F } } fragment F on A { ...F }';
    expect(withoutSelection(query(wrong), ['a', 'b'])).toBe(wrong);
  });
});

describe('an argument', () => {
  test('is set, changed and removed', () => {
    const set = withArgument(query('{ order { id } }'), ['order'], 'id', '"o_7"');
    expect(flat(set)).toBe('{ order(id: "o_7") { id } }');
    expect(flat(withArgument(query(set), ['order'], 'id', ' $id '))).toBe('{ order(id: $id) { id } }');
    expect(flat(withArgument(query(set), ['order'], 'id', ''))).toBe('{ order { id } }');
  });

  test('must be a valid value', () => {
    expect(() => withArgument(query('{ order { id } }'), ['order'], 'id', '{')).toThrow(/Syntax Error/);
  });
});
