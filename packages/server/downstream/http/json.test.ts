import { expect, test } from '@jest/globals';
import { parseResponse } from './json.ts';

const SIZE = 1_000_000;
const filled = (text: string) => text.repeat(SIZE / text.length);
const row = {
  id: 'b_1',
  name: 'A [thing] {of} [[some]] sort',
  tags: ['a'],
  price: { cents: 100, currency: 'USD' },
  stock: 1,
};

test.each([
  ['arrays in arrays', `${filled('[')}${filled(']')}`],
  ['nested arrays after valid rows', `[${filled(`${JSON.stringify(row)},`)}${filled('[')}${filled(']')}]`],
  ['objects in objects', `${filled('{"a":')}1${filled('}')}`],
  ['spread out', `${filled('[      ')}${filled(']')}`],
  ['empty objects', `[${filled('{},')}{}]`],
])('mostly brackets are not parsed: %s', (_what, text) => {
  expect(() => parseResponse(Buffer.from(text))).toThrow('The response is mostly brackets.');
});

test.each([
  ['rows', Array(10_000).fill(row)],
  ['pairs of digits', Array(100_000).fill([1, 2])],
  ['a long text of brackets that are closed', ['[[[[[[[[]]]]]]]]'.repeat(10)]],
  ['one row', row],
  ['a tree', JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)],
])('other large values are parsed: %s', (_what, value) => {
  expect(JSON.stringify(parseResponse(Buffer.from(JSON.stringify(value))))).toBe(JSON.stringify(value));
});

test('a UTF-8 byte order mark at the start is ignored', () => {
  expect(parseResponse(Buffer.from('\uFEFF[1]'))).toEqual([1]);
  expect(() => parseResponse(Buffer.from('\uFEFF\uFEFF[1]'))).toThrow('JSON');
  expect(parseResponse(Buffer.from('["\uFEFF"]'))).toEqual(['\uFEFF']);
});

test.each([
  ['a byte of Latin-1', Buffer.from('["größe"]', 'latin1')],
  ['half of a character', Buffer.from([0x5b, 0x22, 0xe2, 0x82, 0x22, 0x5d])],
  ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
  ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['a code point beyond Unicode', Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22])],
  ['UTF-16', Buffer.from('\uFEFF["a"]', 'utf16le')],
])('%s is not UTF-8', (_what, body) => {
  expect(() => parseResponse(body)).toThrow('The response is not UTF-8.');
});

test('U+FFFD from a service is data', () => {
  expect(parseResponse(Buffer.from('["\uFFFD"]'))).toEqual(['\uFFFD']);
});
