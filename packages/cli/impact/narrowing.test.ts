import { describe, expect, test } from '@jest/globals';
import { narrowings } from './narrowing.ts';
import { type Sent, SOME_TEXT } from './sent.ts';

const document = { openapi: '3.1.0' };
const found = (before: unknown, after: unknown) =>
  narrowings({ document, schema: before }, { document, schema: after });

/** Keywords of which nothing is known in requests, each with a value. */
const UNKNOWN: Readonly<Record<string, unknown>> = {
  properties: { a: {} },
  required: ['a'],
  additionalProperties: false,
  contains: { minimum: 1 },
  minContains: 1,
  maxContains: 1,
  unevaluatedItems: false,
  minProperties: 1,
  maxProperties: 1,
  propertyNames: { pattern: 'a' },
  dependentRequired: { a: ['b'] },
  unevaluatedProperties: false,
};

const any: Sent = { ...SOME_TEXT, kinds: ['string'], values: undefined, least: -Infinity, most: Infinity };
const values = (...all: (string | number | boolean)[]): Partial<Sent> => ({ values: all });

describe.each<[string, object, object]>([
  ['of integer', { type: 'integer' }, {}],
  ['of string', { type: 'string' }, {}],
  ['of nothing in particular', {}, {}],
])('no narrowing of a schema %s', (_what, before) => {
  test('that stays as it is', () => {
    expect(found(before, before)).toEqual([]);
  });
});

/** before, after, the text, and what calls may send: true where the new schema refuses some of it. */
type Row = readonly [before: object, after: object, text: string, sent: readonly (readonly [Partial<Sent>, boolean])[]];

const ROWS: readonly Row[] = [
  [
    {},
    { type: 'integer' },
    'is integer, was anything',
    [
      [{ kinds: ['integer'] }, false],
      [{ kinds: ['number'] }, true],
      [{ kinds: ['integer', 'string'] }, true],
      [values('12', '-3'), false],
      [values('12', '1.5'), true],
      [values('x12'), true],
      [values('12x'), true],
    ],
  ],
  [
    { type: 'string' },
    { type: 'number' },
    'is number, was string',
    [
      [{ kinds: ['integer', 'number'] }, false],
      [{ kinds: ['boolean'] }, true],
      [values('1.5', '-2'), false],
      [values('1.'), true],
      [values('true'), true],
    ],
  ],
  [
    { type: 'string' },
    { type: ['boolean', 'null'] },
    'is boolean, was string',
    [
      [values(true, 'false'), false],
      [values('yes'), true],
      [values('truer'), true],
      [values('untrue'), true],
    ],
  ],
  [{ type: 'integer' }, { type: 'string' }, 'is string, was integer', [[{ kinds: ['integer'] }, false]]],
  [{ type: 'string' }, { type: 'array' }, 'is array, was string', [[values('x'), true]]],
  [{ type: 'array' }, { type: 'string' }, 'is string, was array', [[values('x'), true]]],
  [
    {},
    { enum: ['a', 'b'] },
    'may only be a or b',
    [
      [values('a'), false],
      [values('a', 'c'), true],
      [{}, true],
    ],
  ],
  [
    { enum: ['a', 'b', 'c'] },
    { enum: ['a'] },
    'may no longer be b or c',
    [
      [values('a'), false],
      [values('b'), true],
      // It was refused before.
      [values('x'), false],
    ],
  ],
  [{ enum: [1, 2] }, { const: 1 }, 'may no longer be 2', [[values(1), false]]],
  [
    {},
    { maximum: 10 },
    'at most 10',
    [
      [{ most: 10 }, false],
      [{ most: 11 }, true],
      [{}, true],
    ],
  ],
  [{ maximum: 20 }, { maximum: 10 }, 'at most 10, was 20', [[{ most: 10 }, false]]],
  [
    {},
    { minimum: 2 },
    'at least 2',
    [
      [{ least: 2 }, false],
      [{ least: 1 }, true],
    ],
  ],
  [
    { type: 'number', maximum: 10 },
    { type: 'number', exclusiveMaximum: 10 },
    'less than 10, was 10',
    [
      [{ most: 9.5 }, false],
      [{ most: 10 }, true],
    ],
  ],
  [
    { type: 'number' },
    { type: 'number', exclusiveMinimum: 2 },
    'more than 2',
    [
      [{ least: 2.5 }, false],
      [{ least: 2 }, true],
    ],
  ],
  [
    { type: 'integer' },
    { type: 'integer', exclusiveMinimum: 2, exclusiveMaximum: 9 },
    'at most 8 and at least 3',
    [
      [{ least: 3, most: 8 }, false],
      [{ least: 2, most: 8 }, true],
      [{ least: 3, most: 9 }, true],
    ],
  ],
  [
    { type: 'array' },
    { type: 'array', minItems: 1, maxItems: 5 },
    'at most 5 items and at least 1 items',
    [
      [{ least: 1, most: 5 }, false],
      [{ least: 0, most: 5 }, true],
    ],
  ],
  [
    {},
    { minLength: 2, maxLength: 3 },
    'at most 3 characters and at least 2 characters',
    [
      [values('ab', 'abc'), false],
      [values('a'), true],
      [values('abcd'), true],
      [{}, true],
    ],
  ],
  [{ maxLength: 5 }, { maxLength: 3 }, 'at most 3 characters', [[values('abc'), false]]],
  [{ minLength: 1 }, { minLength: 2 }, 'at least 2 characters', [[values('ab'), false]]],
  [
    {},
    { pattern: '^a+$' },
    'must match ^a+$',
    [
      [values('aa'), false],
      [values('aa', 'ab'), true],
      [{}, true],
    ],
  ],
  // Not a pattern with the flag `u`.
  [{}, { pattern: '^\\-$' }, 'must match ^\\-$', [[values('-'), false]]],
  [
    {},
    { format: 'uuid' },
    'must be of format uuid',
    [
      [{ kinds: ['string'] }, true],
      [{ kinds: ['integer'] }, true],
    ],
  ],
  [
    {},
    { format: 'int32' },
    'must be of format int32',
    [
      [{ kinds: ['integer'] }, false],
      [{ kinds: ['integer', 'number'] }, true],
    ],
  ],
  [
    { multipleOf: 5 },
    { multipleOf: 10 },
    'must be a multiple of 10',
    [
      [values(20, 30), false],
      [values(25), true],
      [{}, true],
    ],
  ],
  [
    {},
    { uniqueItems: true },
    'must have unique items',
    [
      [{ isUnique: true }, false],
      [{ isUnique: false }, true],
    ],
  ],
  [{}, { readOnly: true }, 'is read-only', [[{}, true]]],
  [
    { type: 'array', items: { type: 'string' } },
    { type: 'array', items: { type: 'string', enum: ['a'] } },
    'items: may only be a',
    [
      [values('a'), false],
      [values('b'), true],
    ],
  ],
  [
    { type: 'array', items: {} },
    { type: 'array', items: { maximum: 3 } },
    'items: at most 3',
    // The bounds are of the number of items, and nothing is known of each.
    [[{ least: 1, most: 2 }, true]],
  ],
];

describe.each(ROWS)('%j that becomes %j', (before, after, text, sent) => {
  test(text, () => {
    const [narrowing, ...others] = found(before, after);
    expect(others).toEqual([]);
    expect(narrowing).toMatchObject({ text });
    expect(narrowing?.isUnclear).toBeUndefined();
    for (const [given, refused] of sent) {
      expect({ given, refused: narrowing?.refuses({ ...any, ...given }) }).toEqual({ given, refused });
    }
  });
});

test.each<[object, object]>([
  [{ type: 'integer' }, { type: 'number' }],
  [{ type: 'integer' }, {}],
  [{ type: 'integer' }, { type: ['integer', 'string'] }],
  [{ enum: ['a'] }, { enum: ['a', 'b'] }],
  [{ enum: ['a'] }, {}],
  [{ maximum: 10 }, { maximum: 20 }],
  [
    { type: 'number', exclusiveMaximum: 10 },
    { type: 'number', maximum: 10 },
  ],
  [
    { type: 'integer', exclusiveMaximum: 11 },
    { type: 'integer', maximum: 10 },
  ],
  [{ minimum: 2 }, { minimum: 1 }],
  [{ minLength: 2 }, { minLength: 1 }],
  [{ maxLength: 2 }, { maxLength: 3 }],
  [{ pattern: 'a' }, {}],
  [{ format: 'uuid' }, {}],
  [{ multipleOf: 10 }, { multipleOf: 5 }],
  [{ uniqueItems: true }, { uniqueItems: false }],
  [{ uniqueItems: true }, { uniqueItems: true }],
  [{ readOnly: true }, { readOnly: true }],
  [
    { type: 'array', items: { enum: ['a'] } },
    { type: 'array', items: { enum: ['a', 'b'] } },
  ],
  [{ allOf: [{ minimum: 2 }, { maximum: 3 }] }, { minimum: 2, maximum: 3 }],
  [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, { type: 'integer' }],
])('no narrowing from %j to %j', (before, after) => {
  expect(found(before, after)).toEqual([]);
});

test.each<[object, object]>([
  [{}, { pattern: '(' }],
  [{}, { not: { type: 'string' } }],
  [{ oneOf: [{}, { minimum: 1 }] }, { oneOf: [{}, { minimum: 2 }] }],
  [{}, false as never],
  ...Object.keys(UNKNOWN).map((keyword): [object, object] => [{}, { [keyword]: UNKNOWN[keyword] }]),
])('unclear narrowing from %j to %j', (before, after) => {
  expect(found(before, after)).toMatchObject([{ isUnclear: true }]);
  expect(found(before, after)[0]?.refuses(any)).toBe(true);
});

test('contradictory types allow no value', () => {
  const after = { allOf: [{ type: 'string' }, { type: 'integer' }] };
  expect(found({}, after)).toMatchObject([{ text: 'has contradictory types' }]);
  expect(found({ type: 'string' }, after)[0]?.refuses({ ...any, values: ['1'] })).toBe(true);
  expect(found(after, after)).toEqual([]);
});
