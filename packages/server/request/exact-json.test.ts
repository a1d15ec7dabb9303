import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { ErrorCode } from './errors.ts';
import { ExactNumber, integerText, nearestDouble, parseExactly } from './exact-json.ts';

/** JSON in which a value is an element, a property's value, or the root. */
const places = [
  (text: string) => text,
  (text: string) => `["x", ${text}]`,
  (text: string) => `["x",${text}]`,
  (text: string) => `[${text},"x"]`,
  (text: string) => `{"a":"b","n":${text},"c":0}`,
];
const found = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.find((item) => item !== 'x')
    : value !== null && typeof value === 'object' && 'n' in value
      ? value.n
      : value;

test.each([
  '9007199254740993',
  '-9007199254740993',
  '12345678901234567890',
  '9007199254740993.0',
  '90071992547409.93e2',
  '9007199254740993.5',
  '4200.00000000000000001',
  '999999999999999.99',
  `1${'0'.repeat(400)}`,
  `0.${'0'.repeat(400)}1`,
])('%s keeps its text, because a double would change it', (text) => {
  for (const place of places) {
    const number = found(parseExactly(place(text)));
    expect(number).toBeInstanceOf(ExactNumber);
    expect(JSON.stringify(number)).toBe(text);
  }
});

test.each([
  '0',
  '-0',
  '7',
  '1.0',
  '1e3',
  '9007199254740992',
  '9007199254740994',
  '0.1',
  '0.30000000000000004',
  '0.10000000000000001',
  '6.02214076e23',
  '100000000000000000000000',
  '4200.0000000000000000',
  '"9007199254740993"',
  '"9007199254740993, 9007199254740993"',
  '"\\" 9007199254740993"',
])('%s is parsed like JSON.parse', (text) => {
  for (const place of places) expect(parseExactly(place(text))).toEqual(JSON.parse(place(text)));
});

test('every integer keeps its digits in any context', () => {
  const around = fc.constantFrom(...places, (text: string) => `["x"${' '.repeat(17)},${text}]`);
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), around, (integer, place) => {
      expect(integerText(found(parseExactly(place(String(integer)))))).toBe(String(integer));
    }),
    { numRuns: 2_000 },
  );
});

test('every other JSON text is parsed like JSON.parse', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseExactly(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 1_000 },
  );
});

test.each<[string, string | undefined]>([
  ['7', '7'],
  ['7.0', '7'],
  ['-0', '0'],
  ['1e3', '1000'],
  ['1e21', '1000000000000000000000'],
  ['9007199254740993', '9007199254740993'],
  ['90071992547409.93e2', '9007199254740993'],
  ['-12345678901234567890', '-12345678901234567890'],
  ['1.5', undefined],
  ['9007199254740993.5', undefined],
  ['1e400', undefined],
  [`1${'0'.repeat(512)}`, undefined],
  ['true', undefined],
  ['"7"', undefined],
  ['{}', undefined],
])('the integer text of %s is %j', (json, text) => {
  expect(integerText(parseExactly(json))).toBe(text);
});

test('a number of a million digits is neither an integer nor a double', () => {
  const number = parseExactly('9'.repeat(1_000_000));
  expect(number).toBeInstanceOf(ExactNumber);
  expect(integerText(number)).toBeUndefined();
});

test('arithmetic with a number that a double would change throws', () => {
  const row = parseExactly('{"cents":9007199254740993}') as { readonly cents: number };
  for (const calculate of [() => row.cents * 2, () => row.cents + 1, () => row.cents > 0]) {
    expect(calculate).toThrow(expect.objectContaining({ code: ErrorCode.ServiceBadResponse }));
  }
  expect(`${row.cents}`).toBe('9007199254740993');
});

test('a fraction within 2^53 has a nearest double', () => {
  expect(nearestDouble(new ExactNumber('4200.00000000000000001'))).toBe(4200);
  expect(nearestDouble(new ExactNumber('9007199254740993'))).toBeUndefined();
});

test('any JSON is parsed like JSON.parse with a reviver', () => {
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && context?.source === '9007199254740993' ? new ExactNumber(context.source) : value;
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('', '\ufeff'), (json, mark) => {
      const text = `{"before":${json},"n":9007199254740993,"after":[${json},9007199254740993]}`;
      const parse = jest.spyOn(JSON, 'parse');
      const value = parseExactly(text, Buffer.from(mark + text));
      expect(parse.mock.calls.filter(([, reviver]) => reviver !== undefined)).toEqual([]);
      parse.mockRestore();
      expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text, revive)));
    }),
  );
});

test('a property named __proto__ keeps its number', () => {
  const value = parseExactly('{"__proto__":9007199254740993}');
  expect(JSON.stringify(value)).toBe('{"__proto__":9007199254740993}');
});
