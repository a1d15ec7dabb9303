import { expect, test } from '@jest/globals';
import { parseAnswer } from './answer-json.ts';

const SIZE = 1_000_000;
const filled = (text: string) => text.repeat(SIZE / text.length);
const row = {
  id: 'p_1',
  name: 'A [thing] {of} [[some]] sort',
  tags: ['a'],
  price: { cents: 100, currency: 'USD' },
  stock: 1,
};

test.each([
  ['arrays in arrays', `${filled('[')}${filled(']')}`],
  ['arrays in arrays, after what looks well', `[${filled(`${JSON.stringify(row)},`)}${filled('[')}${filled(']')}]`],
  ['objects in objects', `${filled('{"a":')}1${filled('}')}`],
  ['spread out', `${filled('[      ')}${filled(']')}`],
  ['empty objects', `[${filled('{},')}{}]`],
])('what is mostly brackets is not parsed: %s', (_what, text) => {
  expect(() => parseAnswer(Buffer.from(text))).toThrow('The answer is mostly brackets.');
});

test.each([
  ['rows', Array(10_000).fill(row)],
  ['pairs of digits', Array(100_000).fill([1, 2])],
  ['a long text of brackets that are closed', ['[[[[[[[[]]]]]]]]'.repeat(10)]],
  ['one row', row],
  ['a tree', JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)],
])('all else is: %s', (_what, value) => {
  expect(JSON.stringify(parseAnswer(Buffer.from(JSON.stringify(value))))).toBe(JSON.stringify(value));
});

test('a byte order mark is ignored', () => {
  expect(parseAnswer(Buffer.from('\uFEFF[1]'))).toEqual([1]);
});
