import { type Node, resolvedSchema, roleOf } from './document.ts';
import type { Sent } from './sent.ts';

/** A restriction that a new schema adds for the values of a request. */
export interface Narrowing {
  readonly text: string;
  /** Whether a value that a call may send is rejected now, or may be. */
  readonly refuses: (sent: Sent) => boolean;
  /** Whether it is unclear which values are rejected. */
  readonly isUnclear?: boolean;
}

/** A schema with the document that its references are relative to. */
export interface Schema {
  readonly document: Node;
  readonly schema: unknown;
}

/** The restrictions of the new schema that the old one did not have. */
export function narrowings(before: Schema, after: Schema): Narrowing[] {
  const old = assertionsOf(before);
  const now = assertionsOf(after);
  const isArray = typesOf(now).includes('array');
  const keywords = new Set([...old.keys(), ...now.keys()]);
  const opaque = [...keywords].filter(
    (keyword) => roleOf(keyword) === 'opaque' || OPAQUE_IN_REQUESTS.includes(keyword),
  );
  return [
    ...otherTypes(old, now),
    ...otherValues(old, now),
    ...range(old, now, isArray),
    ...lengths(old, now),
    ...others(old, now),
    ...opaque.filter((keyword) => textOf(old, keyword) !== textOf(now, keyword)).map(unclear),
    ...items(before, after, old, now),
  ];
}

/** Keywords not analysed in requests: parameters are scalars and arrays of scalars, and nothing is known about object values. */
const OPAQUE_IN_REQUESTS = [
  'anyOf',
  'oneOf',
  'properties',
  'required',
  'additionalProperties',
  'contains',
  'minContains',
]
  .concat(['maxContains', 'additionalItems', 'unevaluatedItems', 'minProperties', 'maxProperties', 'propertyNames'])
  .concat(['dependentRequired', 'unevaluatedProperties']);

type Assertions = ReadonlyMap<string, readonly unknown[]>;

const unclear = (keyword: string): Narrowing => ({
  text: `has a different ${keyword}`,
  refuses: () => true,
  isUnclear: true,
});

/** All assertions about a value by keyword, including the parts of an allOf. Variants that are only null are ignored. */
function assertionsOf({ document, schema }: Schema, above: readonly unknown[] = []): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  if (schema === false) return found.set('not', [{}]);
  const node = resolvedSchema(document, schema);
  if (above.includes(node)) return found;
  const add = (parts: ReadonlyMap<string, readonly unknown[]>) => {
    for (const [keyword, values] of parts) found.set(keyword, [...(found.get(keyword) ?? []), ...values]);
  };
  const inner = (part: unknown) => add(assertionsOf({ document, schema: part }, [...above, node]));
  for (const [keyword, value] of Object.entries(node)) {
    if (keyword === 'allOf') for (const part of Object.values(Object(value))) inner(part);
    else if (keyword === 'anyOf' || keyword === 'oneOf') {
      const variants = Object.values(Object(value)).filter(
        (variant) => resolvedSchema(document, variant)['type'] !== 'null',
      );
      if (variants.length === 1) inner(variants[0]);
      else found.set(keyword, [variants.map((variant) => expanded(document, variant))]);
    } else add(new Map([[keyword, [expanded(document, value)]]]));
  }
  // In OpenAPI 3.0, exclusiveMinimum and exclusiveMaximum are booleans.
  for (const [bound, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (node[exclusive] === true) found.set(exclusive, [node[bound]]);
    else if (node[exclusive] === false) found.delete(exclusive);
  }
  return found;
}

/** A schema with all references inlined and without annotations. A recursive reference becomes 'itself'. */
export function expanded(document: Node, value: unknown, above: readonly unknown[] = []): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => expanded(document, item, above));
  const node = resolvedSchema(document, value);
  if (above.includes(node)) return 'itself';
  const entries = Object.entries(node).sort(([one], [other]) => (one < other ? -1 : 1));
  const isNote = (name: string) => roleOf(name) === 'note';
  const { allOf, ...rest } = Object.fromEntries(
    entries
      .filter(([name]) => !isNote(name))
      .map(([name, inner]) => [name, expanded(document, inner, [...above, node])]),
  );
  if (!Array.isArray(allOf)) return allOf === undefined ? rest : { ...rest, allOf };
  // A default next to a $ref leaves an empty allOf part. A single remaining part is the schema itself.
  const parts = allOf.filter((part) => typeof part !== 'object' || Object.keys(Object(part)).length > 0);
  return parts.length === 1 && Object.keys(rest).length === 0 ? parts[0] : { ...rest, allOf: parts };
}

const textOf = (assertions: Assertions, keyword: string): string =>
  JSON.stringify((assertions.get(keyword) ?? []).map((value) => JSON.stringify(value)).sort());

/** The types that satisfy all assertions. Empty if any type is allowed, and also if the assertions contradict each other. */
function typesOf(assertions: Assertions): string[] {
  const all = (assertions.get('type') ?? []).map((type) => [type].flat().map(String));
  const common = all.reduce<readonly string[]>(commonTypes, all[0] ?? []);
  return common.filter((type) => type !== 'null').sort();
}

const isContradiction = (assertions: Assertions): boolean => assertions.has('type') && typesOf(assertions).length === 0;

/** The intersection of two lists of types. An integer is a number. */
export function commonTypes(some: readonly string[], others: readonly string[]): string[] {
  const isAmong = (type: string, types: readonly string[]) =>
    types.includes(type) || (type === 'integer' && types.includes('number'));
  return [
    ...new Set([...some.filter((type) => isAmong(type, others)), ...others.filter((type) => isAmong(type, some))]),
  ];
}

const accepts = (types: readonly string[], kind: string): boolean =>
  types.length === 0 || types.includes(kind) || (kind === 'integer' && types.includes('number'));

function otherTypes(old: Assertions, now: Assertions): Narrowing[] {
  const [before, after] = [typesOf(old), typesOf(now)];
  if (isContradiction(now) && !isContradiction(old)) return [{ text: 'has contradictory types', refuses: () => true }];
  if (after.length === 0 || (before.length > 0 && before.every((type) => accepts(after, type)))) return [];
  const text = `is ${after.join(' or ')}, was ${before.join(' or ') || 'anything'}`;
  const isArray = after.includes('array');
  if (isArray !== before.includes('array')) return [{ text, refuses: () => true }];
  if (isArray) return [];
  // Values in paths and query strings are always texts.
  const fits = (value: unknown) => after.includes('string') || looksLike(String(value), after);
  const isTaken = (kind: string) => after.includes('string') || accepts(after, kind);
  return [{ text, refuses: ({ values, kinds }) => (values ? !values.every(fits) : !kinds.every(isTaken)) }];
}

function looksLike(text: string, types: readonly string[]): boolean {
  return types.some((type) => LOOKS[type]?.test(text) ?? false);
}

const LOOKS: Readonly<Record<string, RegExp>> = {
  integer: /^-?\d+$/,
  number: /^-?\d+(\.\d+)?$/,
  boolean: /^(true|false)$/,
};

function otherValues(old: Assertions, now: Assertions): Narrowing[] {
  const [before, after] = [valuesOf(old), valuesOf(now)];
  if (!after || before?.every((value) => after.includes(value))) return [];
  const gone = before?.filter((value) => !after.includes(value));
  return [
    {
      text: gone ? `may no longer be ${gone.join(' or ')}` : `may only be ${after.join(' or ')}`,
      refuses: ({ values }) => (values ? values.some((value) => isRefused(String(value), before, after)) : true),
    },
  ];
}

const isRefused = (value: string, before: readonly string[] | undefined, after: readonly string[]): boolean =>
  !after.includes(value) && (before?.includes(value) ?? true);

function valuesOf(assertions: Assertions): string[] | undefined {
  const enums = (assertions.get('enum') ?? []).map((values) => Object.values(Object(values)).map(String));
  const all = [...enums, ...(assertions.get('const') ?? []).map((value) => [String(value)])];
  return all.length === 0 ? undefined : all.reduce((some, more) => some.filter((one) => more.includes(one)));
}

function range(old: Assertions, now: Assertions, isArray: boolean): Narrowing[] {
  const [was, is] = [boundsOf(old, isArray), boundsOf(now, isArray)];
  const unit = isArray ? ' items' : '';
  const formerly = was.most < Infinity ? `, was ${was.most}` : '';
  const isLower = is.most < was.most || (is.most === was.most && is.isBelow && !was.isBelow);
  const isHigher = is.least > was.least || (is.least === was.least && is.isAbove && !was.isAbove);
  const words = [
    ...(isLower ? [`${is.isBelow ? 'less than' : 'at most'} ${is.most}${unit}${formerly}`] : []),
    ...(isHigher ? [`${is.isAbove ? 'more than' : 'at least'} ${is.least}${unit}`] : []),
  ];
  if (words.length === 0) return [];
  return [
    {
      text: words.join(' and '),
      refuses: ({ least, most }) =>
        most > is.most || least < is.least || (is.isBelow && most === is.most) || (is.isAbove && least === is.least),
    },
  ];
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  /** Whether the bounds are exclusive. */
  readonly isAbove: boolean;
  readonly isBelow: boolean;
}

function boundsOf(assertions: Assertions, isArray: boolean): Bounds {
  const numbers = (keyword: string) =>
    (assertions.get(keyword) ?? []).filter((value): value is number => typeof value === 'number');
  if (isArray) {
    const [least, most] = [Math.max(0, ...numbers('minItems')), Math.min(Infinity, ...numbers('maxItems'))];
    return { least, most, isAbove: false, isBelow: false };
  }
  // For integers, an exclusive minimum of 5 is a minimum of 6.
  const step = typesOf(assertions).includes('integer') ? 1 : 0;
  const [inclusiveLeast, above] = [
    Math.max(-Infinity, ...numbers('minimum')),
    Math.max(-Infinity, ...numbers('exclusiveMinimum')) + step,
  ];
  const [inclusiveMost, below] = [
    Math.min(Infinity, ...numbers('maximum')),
    Math.min(Infinity, ...numbers('exclusiveMaximum')) - step,
  ];
  return {
    least: Math.max(inclusiveLeast, above),
    most: Math.min(inclusiveMost, below),
    isAbove: step === 0 && above > -Infinity && above >= inclusiveLeast,
    isBelow: step === 0 && below < Infinity && below <= inclusiveMost,
  };
}

function lengths(old: Assertions, now: Assertions): Narrowing[] {
  const bound = (assertions: Assertions, keyword: string, start: number, pick: (...all: number[]) => number) =>
    pick(start, ...(assertions.get(keyword) ?? []).filter((value) => typeof value === 'number'));
  const least = bound(now, 'minLength', 0, Math.max);
  const most = bound(now, 'maxLength', Infinity, Math.min);
  const words = [
    ...(most < bound(old, 'maxLength', Infinity, Math.min) ? [`at most ${most} characters`] : []),
    ...(least > bound(old, 'minLength', 0, Math.max) ? [`at least ${least} characters`] : []),
  ];
  if (words.length === 0) return [];
  const isOutside = (value: unknown) => String(value).length > most || String(value).length < least;
  return [{ text: words.join(' and '), refuses: ({ values }) => values?.some(isOutside) ?? true }];
}

/** Narrowings by pattern, format, multipleOf, uniqueItems and readOnly. */
function others(old: Assertions, now: Assertions): Narrowing[] {
  const added = (keyword: string) =>
    (now.get(keyword) ?? []).filter((value) => !(old.get(keyword) ?? []).includes(value));
  return [
    ...added('pattern').map((pattern): Narrowing => {
      const text = `must match ${pattern}`;
      const expression = expressionOf(String(pattern));
      if (!expression) return { text, refuses: () => true, isUnclear: true };
      return { text, refuses: ({ values }) => values?.some((value) => !expression.test(String(value))) ?? true };
    }),
    ...added('format').map(
      (format): Narrowing => ({
        text: `must be of format ${format}`,
        // GraphQL integers have 32 bits and satisfy every number format.
        refuses: ({ kinds }) => !(NUMBER_FORMATS.includes(String(format)) && kinds.every((kind) => kind === 'integer')),
      }),
    ),
    ...added('multipleOf')
      .map(Number)
      .filter((step) => !(old.get('multipleOf') ?? []).some((was) => Number(was) % step === 0))
      .map(
        (step): Narrowing => ({
          text: `must be a multiple of ${step}`,
          refuses: ({ values }) => values?.some((value) => Number(value) % step !== 0) ?? true,
        }),
      ),
    ...(now.get('uniqueItems')?.includes(true) && !old.get('uniqueItems')?.includes(true)
      ? // Batches send each key once.
        [{ text: 'must have unique items', refuses: ({ isUnique }: Sent) => !isUnique }]
      : []),
    ...(now.get('readOnly')?.includes(true) && !old.get('readOnly')?.includes(true)
      ? [{ text: 'is read-only', refuses: () => true }]
      : []),
  ];
}

/** Compiles a schema's pattern, with the flag `u` if possible; undefined if it is not a valid expression. */
function expressionOf(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      // check:patterns allows this: the pattern comes from a service's OpenAPI document and is applied only to constants of a schema.
      return new RegExp(pattern, flags);
    } catch {
      // Try the next flags.
    }
  }
  return undefined;
}

const NUMBER_FORMATS = ['int32', 'int64', 'float', 'double'];

function items(before: Schema, after: Schema, old: Assertions, now: Assertions): Narrowing[] {
  const [was, is] = [old.get('items'), now.get('items')];
  if (is === undefined || JSON.stringify(was) === JSON.stringify(is)) return [];
  const each = (schema: Schema, parts: readonly unknown[] = []): Schema => ({ ...schema, schema: { allOf: parts } });
  return narrowings(each(before, was), each(after, is)).map(({ text, refuses, ...rest }) => ({
    ...rest,
    text: `items: ${text}`,
    // The bounds of the array's length do not apply to its items.
    refuses: (sent) => refuses({ ...sent, least: -Infinity, most: Infinity }),
  }));
}
