import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { describe, expect, test } from '@jest/globals';
import { answerOf } from './answer.ts';
import { changesBetween } from './changes.ts';
import { type Node, readDocument } from './document.ts';

const text = { type: 'string' };
const object = (properties: Node, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
const list = (items: Node) => ({ type: 'array', items });

interface Parts {
  readonly path?: string;
  readonly version?: string;
  readonly components?: Node;
  readonly operation?: Node;
  readonly item?: Node;
  readonly response?: Node;
  readonly security?: readonly Node[];
}

/** A document whose one operation answers with this schema. */
function answering(schema: Node | undefined, parts: Parts = {}): Node {
  const { path = '/things', version = '3.1.0', components = {}, operation, item, response, security } = parts;
  const content = { 'application/json': { schema } };
  const responses = { 200: { description: '', content, ...response } };
  return {
    openapi: version,
    info: { title: 'things', version: '1' },
    paths: { [path]: { ...item, get: { parameters: [], responses, ...operation } } },
    components: { schemas: components },
    ...(security ? { security } : {}),
  };
}

const told = (before: Node, after: Node): string[] => changesBetween(before, after).map((change) => change.text);

describe('values of a response', () => {
  test.each<[string, Node, Node, string[]]>([
    ['another type', { a: text }, { a: { type: 'integer' } }, ['a is integer, was string']],
    ['a narrower type', { a: { type: 'number' } }, { a: { type: 'integer' } }, []],
    ['a wider type', { a: { type: 'integer' } }, { a: { type: 'number' } }, ['a is number, was integer']],
    ['no type at all', { a: text }, { a: {} }, ['a is anything, was string']],
    ['other items', { a: list(text) }, { a: list(object({ b: text })) }, ['a is array of object, was array of string']],
    ['null in 3.1', { a: text }, { a: { type: ['string', 'null'] } }, ['a may be null']],
    ['null by anyOf', { a: text }, { a: { anyOf: [text, { type: 'null' }] } }, ['a may be null']],
    ['null no more', { a: { type: ['string', 'null'] } }, { a: text }, []],
    ['an enum of more', { a: { enum: ['x'] } }, { a: { enum: ['x', 'y', 'z'] } }, ['a may be y or z']],
    ['an enum of less', { a: { type: 'string', enum: ['x', 'y'] } }, { a: { type: 'string', enum: ['x'] } }, []],
    ['an enum no more', { a: { type: 'string', enum: ['x'] } }, { a: text }, ['a may be any text']],
    ['enums in a list', { a: list({ enum: ['x'] }) }, { a: list({ enum: ['y'] }) }, ['a may be y']],
    ['no longer a date-time', { a: { ...text, format: 'date-time' } }, { a: text }, ['a is no longer a date-time']],
    ['another pattern', { a: { ...text, pattern: 'a' } }, { a: { ...text, pattern: 'b' } }, []],
    [
      'longer lists',
      { a: { ...list(text), maxItems: 2 } },
      { a: { ...list(text), maxItems: 3 } },
      ['a may hold 3 items, was 2'],
    ],
    ['one that is gone', { a: text, b: text }, { a: text }, ['b removed']],
    ['a new name', { total: text }, { feeAmount: text }, ['total removed, probably renamed to feeAmount']],
    ['a new one of another type', { a: text }, { b: { type: 'integer' } }, ['a removed']],
    ['several new ones', { a: text }, { bcdefghi: text, jklmnopq: text }, ['a removed']],
    [
      'the nearest of new ones',
      { image: text },
      { images: text, q: text },
      ['image removed, probably renamed to images'],
    ],
    ['one in a new one', { a: object({ b: text }) }, { c: object({ b: text }) }, ['a removed, probably renamed to c']],
    ['one further down', { a: object({ b: text, c: text }) }, { a: object({ b: text }) }, ['a.c removed']],
  ])('%s', (_, before, after, expected) => {
    expect(told(answering(object(before)), answering(object(after)))).toEqual(expected);
  });

  test('are compared after combining allOf parts', () => {
    const parts = { allOf: [object({ a: text }), object({ b: text })] };
    expect(told(answering(object({ a: text, b: text })), answering(parts))).toEqual([]);
    expect(told(answering(parts), answering(object({ a: text })))).toEqual(['b removed']);
  });

  test('are compared after resolving references', () => {
    const components = { Inner: object({ b: text, c: text }) };
    const before = answering(object({ a: { $ref: '#/components/schemas/Inner' } }), { components });
    expect(told(before, answering(object({ a: object({ b: text, c: text }) })))).toEqual([]);
    expect(told(before, answering(object({ a: object({ c: text }) })))).toEqual(['a.b removed']);
  });

  test('may be left out if they are no longer required', () => {
    expect(told(answering(object({ a: text })), answering(object({ a: text }, [])))).toEqual(['a may be left out']);
  });

  test('may be null with the keyword of OpenAPI 3.0', () => {
    const before = answering(object({ a: text }), { version: '3.0.3' });
    const after = answering(object({ a: { ...text, nullable: true } }), { version: '3.0.3' });
    expect(told(before, after)).toEqual(['a may be null']);
  });

  test('are found in dictionaries', () => {
    const dictionary = (properties: Node) => ({ type: 'object', additionalProperties: object(properties) });
    expect(told(answering(dictionary({ a: text })), answering(dictionary({})))).toEqual(['a removed']);
  });

  test('are found once in recursive schemas', () => {
    const tree = (names: Node) => ({ Tree: object({ ...names, parent: { $ref: '#/components/schemas/Tree' } }) });
    const root = { $ref: '#/components/schemas/Tree' };
    const before = answering(root, { components: tree({ name: text }) });
    expect(told(before, answering(root, { components: tree({}) }))).toEqual(['name removed']);
    const answer = answerOf(before, '/things', 'get');
    expect(answer?.canonical('parent.parent.name')).toBe('name');
    expect(answer?.allProperties()).toEqual(['', 'name']);
  });

  test('are located in a wrapped response', () => {
    const rows = list(object({ a: text }));
    const wrapped = answering(object({ data: object({ items: rows }) }));
    expect(told(answering(rows), wrapped)).toEqual([
      'the response is object, was array of object; its items are probably at data.items',
    ]);
    // Items without properties are not recognised.
    const texts = answering(object({ data: list(text), rows: list(object({ b: text })) }));
    expect(told(answering(list(text)), texts)).toEqual(['the response is object, was array of string']);
    // Neither are those that lack one.
    expect(told(answering(rows), texts)).toEqual(['the response is object, was array of object']);
  });
});

describe('an operation', () => {
  const before = answering(text);

  test('is removed or renamed', () => {
    expect(told(before, answering(text, { path: '/v2/things' }))).toEqual(['GET /things removed']);
    const post = { ...before, paths: { '/things': { post: {} } } };
    expect(told(before, post)).toEqual(['GET /things removed']);
  });

  test('is the same if a path parameter is renamed', () => {
    const at = (name: string) =>
      answering(text, {
        path: `/things/{${name}}`,
        operation: { parameters: [{ name, in: 'path', required: true, schema: text }] },
      });
    expect(told(at('id'), at('key'))).toEqual([]);
  });

  test('no longer returns JSON', () => {
    const expected = ['GET /things no longer returns JSON with status 200'];
    expect(told(before, answering(text, { response: { content: { 'text/csv': { schema: text } } } }))).toEqual(
      expected,
    );
    expect(told(before, answering(text, { operation: { responses: { 201: {} } } }))).toEqual(expected);
  });

  test('requires credentials', () => {
    const key = [{ key: [] }];
    expect(told(before, answering(text, { security: key }))).toEqual(['requires other credentials']);
    expect(told(before, answering(text, { operation: { security: key } }))).toEqual(['requires other credentials']);
    expect(told(answering(text, { security: key }), before)).toEqual([]);
    expect(told(answering(text, { security: key }), answering(text, { security: [...key, { other: [] }] }))).toEqual(
      [],
    );
  });

  test('loses its Link header', () => {
    const headers = { Link: { schema: text } };
    expect(told(answering(text, { response: { headers } }), before)).toEqual(['header Link removed']);
  });
});

describe('a parameter', () => {
  const taking = (...parameters: Node[]) => answering(text, { operation: { parameters } });
  const limit = (schema: Node, more: Node = {}) => taking({ name: 'limit', in: 'query', schema, ...more });
  const integer = { type: 'integer', minimum: 1, maximum: 100 };

  test.each<[string, Node, string[]]>([
    ['is gone', taking(), ['parameter limit removed']],
    ['may be less', limit({ ...integer, maximum: 50 }), ['parameter limit at most 50, was 100']],
    ['must be more', limit({ ...integer, minimum: 5 }), ['parameter limit at least 5']],
    ['may be more', limit({ type: 'integer' }), []],
    ['is required', limit(integer, { required: true }), ['parameter limit is required']],
  ])('%s', (_, after, expected) => {
    expect(told(limit(integer), after)).toEqual(expected);
  });

  test('changes in another way', () => {
    const key = (schema: Node) => taking({ name: 'key', in: 'query', schema });
    expect(told(key(text), key({ ...text, pattern: 'a' }))).toEqual(['parameter key must match a']);
  });

  test('of a path applies to each of its operations', () => {
    const item = { parameters: [{ name: 'limit', in: 'query', schema: integer }] };
    expect(told(answering(text, { item }), answering(text))).toEqual(['parameter limit removed']);
    expect(told(answering(text, { item }), limit(integer))).toEqual([]);
  });

  test('is serialized differently', () => {
    const ids = (how: Node) => taking({ name: 'ids', in: 'query', schema: list(text), ...how });
    expect(told(ids({ explode: false }), ids({ explode: true }))).toEqual([
      'parameter ids is serialized as form, repeated',
    ]);
    expect(told(ids({ explode: true }), ids({}))).toEqual([]);
  });

  test('is new and required or optional', () => {
    const schema = text;
    expect(told(taking(), taking({ name: 'a', in: 'query', schema }))).toEqual([]);
    expect(told(taking(), taking({ name: 'a', in: 'header', required: true, schema }))).toEqual([
      'header parameter a is new and required',
    ]);
  });
});

describe.each(['members', 'loans', 'library'])('%s', (service) => {
  test('reports every removed value', async () => {
    const document = await readDocument(`${FIXTURE}shared/${service}/openapi.yaml`);
    let gone = 0;
    for (const [operation, item] of Object.entries(Object(document['paths']))) {
      const before = { ...document, paths: { [operation]: item } };
      for (const place of answerOf(before, operation, 'get')?.allProperties() ?? []) {
        if (place === '') continue;
        const after = structuredClone(before);
        remove(after, operation, place);
        expect(told(before, after)).toEqual([`${place} removed`]);
        gone += 1;
      }
    }
    expect(gone).toBeGreaterThan(10);
  });
});

/** Takes a property away from one operation's answer, and from nothing else that is made of the same components. */
function remove(document: Node, path: string, place: string): void {
  const inline = (node: unknown): Row => {
    const { $ref } = Object(node);
    if (typeof $ref !== 'string') return Object(node);
    const [, ...names] = $ref.split('/');
    return structuredClone(inline(names.reduce<unknown>((at, name) => Object(at)[name], document)));
  };
  /** The object, or that in each item. */
  const row = (holder: Record<string, unknown>, name: string): Row => {
    const value = inline(holder[name]);
    holder[name] = value;
    return value['items'] === undefined ? value : row(value, 'items');
  };
  const names = place.split('.');
  const last = names.pop() ?? '';
  let at = row(Object(document['paths'])[path].get.responses[200].content['application/json'], 'schema');
  for (const name of names) at = row(Object(at['properties']), name);
  delete Object(at['properties'])[last];
}

type Row = Record<string, unknown>;
