import { describe, expect, test } from '@jest/globals';
import { documentOf, withArgument, withoutSelection, withSelection } from './page/explorer/edit.ts';

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const query = (text: string, operationName: string | null = null) => ({ text, operationName });
const leaf = (name: string) => ({ name, first: [] });

const FRAGMENTED = '{ loan(id: 1) { fee { ...Amount } } } fragment Amount on Money { amount currency }';

describe('a field is selected', () => {
  test('in an empty query, with initial subfields', () => {
    expect(flat(withSelection(query('# empty\n'), ['loan'], { name: 'loan', first: ['id'] }))).toBe('{ loan { id } }');
  });

  test('next to others, at any depth', () => {
    expect(flat(withSelection(query('{ loan { id } }'), ['loan', 'status'], leaf('status')))).toBe(
      '{ loan { id status } }',
    );
  });

  test('in the active operation', () => {
    const two = 'query A { a } query B { b }';
    expect(flat(withSelection(query(two, 'B'), ['c'], leaf('c')))).toBe('query A { a } query B { b c }');
    expect(withSelection(query(two), ['c'], leaf('c'))).toBe(two);
  });

  test('in an inline fragment', () => {
    const what = { name: '... on Book', first: ['name'], onType: 'Book' };
    const text = withSelection(query('{ node { id } }'), ['node', '... on Book'], what);
    expect(flat(text)).toBe('{ node { id ... on Book { name } } }');
    const more = withSelection(query(text), ['node', '... on Book', 'stock'], leaf('stock'));
    expect(flat(more)).toBe('{ node { id ... on Book { name stock } } }');
  });

  test('but not after a syntax error', () => {
    expect(documentOf('{ loan {')).toBeUndefined();
    expect(withSelection(query('{ loan {'), ['a'], leaf('a'))).toBe('{ loan {');
  });
});

describe('a field is removed', () => {
  test('with parents that become empty', () => {
    expect(flat(withoutSelection(query('{ loan { id status } }'), ['loan', 'id']))).toBe('{ loan { status } }');
    expect(flat(withoutSelection(query('{ a loan { fee { amount } } }'), ['loan', 'fee', 'amount']))).toBe('{ a }');
    expect(withoutSelection(query('{ loan { id } }'), ['loan', 'id'])).toBe('');
  });

  test('from the fragment that contains it', () => {
    expect(flat(withoutSelection(query(FRAGMENTED), ['loan', 'fee', 'amount']))).toBe(
      '{ loan(id: 1) { fee { ...Amount } } } fragment Amount on Money { currency }',
    );
  });

  test('from a recursive fragment without an endless loop', () => {
    const wrong = '{ a { ...F } } fragment F on A { ...F }';
    expect(withoutSelection(query(wrong), ['a', 'b'])).toBe(wrong);
  });
});

describe('an argument', () => {
  test('is set, changed and removed', () => {
    const set = withArgument(query('{ loan { id } }'), ['loan'], 'id', '"l_7"');
    expect(flat(set)).toBe('{ loan(id: "l_7") { id } }');
    expect(flat(withArgument(query(set), ['loan'], 'id', ' $id '))).toBe('{ loan(id: $id) { id } }');
    expect(flat(withArgument(query(set), ['loan'], 'id', ''))).toBe('{ loan { id } }');
  });

  test('must be a valid value', () => {
    expect(() => withArgument(query('{ loan { id } }'), ['loan'], 'id', '{')).toThrow(/Syntax Error/);
  });
});
