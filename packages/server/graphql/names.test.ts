import { noRows, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import type { RowSource } from '../downstream/batching/row-source.ts';
import type { Row } from '../downstream/row-shape.ts';
import { createLog } from '../telemetry/log.ts';
import { createEngine } from './execute.ts';
import { always, arg, computed, list, load, parent, prop, resolver, text } from './fields.ts';
import { buildSchema } from './schema.ts';

const INHERITED = [...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'toJSON', 'then'];
const RUNS = 5;

interface Thing extends Row {
  readonly id: string;
}
const things = batchOf<Thing>()({ service: 'loans', path: '/loans', rowKey: 'id', maxBatch: 100 });
const page = listOf<Thing>()({ service: 'loans', path: '/loans', params: ['limit'], rowKey: 'id' });

/** A schema with the names of properties of Object.prototype, as far as GraphQL allows them. */
const schema = buildSchema(
  `directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
   type Query {
     page(first: Int! = 50 @range(min: 1, max: 100)): [toString]
     valueOf(constructor: Int = 1, toString: constructor): toString
     echo(hasOwnProperty: hasOwnProperty, list: [hasOwnProperty]): String
     bare: toString
     full: toString
   }
   type toString {
     id: ID  constructor: String  valueOf: String  toString: String  hasOwnProperty: [String]  isPrototypeOf: toString
     prop: String  text: String  computed: String  loaded: toString
   }
   input hasOwnProperty { constructor: Int = 7  toString: constructor  valueOf: hasOwnProperty }
   enum constructor { toString constructor }`,
  {
    Query: {
      page: list(page, { limit: arg('first') }),
      valueOf: resolver({}, (_parent: unknown, args: object) => ({ id: JSON.stringify(args) })),
      echo: resolver({}, (_parent: unknown, args: { readonly hasOwnProperty?: { readonly valueOf?: unknown } }) =>
        JSON.stringify([args, args.hasOwnProperty?.valueOf === undefined]),
      ),
      bare: load(things, always('bare')),
      full: load(things, always('full')),
    },
    toString: {
      prop: prop('constructor'),
      text: text('{id}'),
      computed: computed(
        ['id', 'constructor'],
        (row: { readonly id: string; readonly constructor: string }) => row.constructor,
      ),
      loaded: load(things, parent('isPrototypeOf')),
    },
  },
);

const FULL = `{"id":"full","constructor":"c","valueOf":"v","toString":"s","hasOwnProperty":["h"],"isPrototypeOf":"p","__proto__":{"id":"evil"}}`;

const calls: string[] = [];
const rows: RowSource = {
  ...noRows,
  rows: async (_endpoint, keys) => keys.map((id) => JSON.parse(id === 'full' ? FULL : JSON.stringify({ id }))),
  page: async (_endpoint, path) => {
    calls.push(path);
    const limit = Number(new URLSearchParams(path.split('?')[1]).get('limit'));
    return { rows: Array.from({ length: limit }, (_, index) => ({ id: `t_${index}` })), hasNext: false };
  },
};

/** The response of a document. Checks that repeated executions, ad hoc and registered, respond the same. */
async function same(
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  maxCalls?: number,
): Promise<string> {
  expect(validate(schema, parse(query))).toEqual([]);
  const responses = new Set<string>();
  for (const isRegistered of [false, true]) {
    if (isRegistered && maxCalls !== undefined) continue;
    const document = parse(query);
    const engine = createEngine(schema, rows, createLog('test', 'silent'), maxCalls);
    if (isRegistered) engine.preparation.register(document, { isCompiledNow: true });
    for (let time = 0; time < RUNS; time += 1) {
      // Variables come from JSON.parse, which creates own properties of any name.
      const given = JSON.parse(JSON.stringify(variables));
      responses.add(
        JSON.stringify(
          await engine.execute({ document, operationName: undefined, variables: given }, requestContext()),
        ),
      );
    }
  }
  expect([...responses]).toHaveLength(1);
  return [...responses].join();
}

describe.each(INHERITED)('%s', (name) => {
  const own = (value: unknown) => ({ [name]: value });

  test('works as the name of a variable', async () => {
    calls.length = 0;
    const ids = '[{"id":"t_0"},{"id":"t_1"},{"id":"t_2"}]';
    expect(await same(`query($${name}: Int!) { page(first: $${name}) { id } }`, own(3))).toBe(
      `{"data":{"page":${ids}}}`,
    );
    expect(new Set(calls)).toEqual(new Set(['/loans?limit=3']));
    expect(await same(`query($${name}: Int = 3) { page(first: $${name}) { id } }`)).toBe(`{"data":{"page":${ids}}}`);
    expect(await same(`query($${name}: Int) { valueOf(constructor: $${name}) { id } }`)).toBe(
      '{"data":{"valueOf":{"id":"{\\"constructor\\":1}"}}}',
    );
    for (const [isIncluded, data] of [
      [true, `{"page":${ids},"__typename":"Query"}`],
      [false, '{"__typename":"Query"}'],
    ]) {
      const query = `query($${name}: Boolean!) { page(first: 3) @include(if: $${name}) { id } __typename }`;
      expect(await same(query, own(isIncluded))).toBe(`{"data":${data}}`);
    }
  });

  test('counts for the cost limit as a variable', async () => {
    const query = `query($${name}: Int!) { page(first: $${name}) { loaded { id } } a: page(first: 1) { id } b: page(first: 2) { id } }`;
    expect(JSON.parse(await same(query, own(3), 4))).toHaveProperty('data');
    expect(JSON.parse(await same(query, own(3), 3)).errors).toMatchObject([
      { extensions: { code: 'OPERATION_TOO_EXPENSIVE' } },
    ]);
  });

  test('works as the name of an alias, an operation and a fragment', async () => {
    expect(await same(`query ${name} { ${name}: page(first: 1) { ${name}: id } }`)).toBe(
      `{"data":{"${name}":[{"${name}":"t_0"}]}}`,
    );
    expect(await same(`{ bare { ...${name} } } fragment ${name} on toString { ${name}: id }`)).toBe(
      `{"data":{"bare":{"${name}":"bare"}}}`,
    );
    expect(await same(`{ ${name}: __typename ... @skip(if: true) { ${name}: __typename } }`)).toBe(
      `{"data":{"${name}":"Query"}}`,
    );
  });
});

test('fields read own properties of these names, and never inherited ones', async () => {
  const fields = '{ constructor valueOf toString hasOwnProperty prop text }';
  expect(await same(`{ full ${fields} bare ${fields} }`)).toBe(
    '{"data":{"full":{"constructor":"c","valueOf":"v","toString":"s","hasOwnProperty":["h"],"prop":"c","text":"full"},' +
      '"bare":{"constructor":null,"valueOf":null,"toString":null,"hasOwnProperty":null,"prop":null,"text":"bare"}}}',
  );
  expect(await same('{ full { computed loaded { id } } }')).toBe(
    '{"data":{"full":{"computed":"c","loaded":{"id":"p"}}}}',
  );
  const { data, errors } = JSON.parse(await same('{ bare { computed loaded { id } isPrototypeOf { id } } }'));
  expect(data).toEqual({ bare: { computed: null, loaded: null, isPrototypeOf: null } });
  expect(errors).toMatchObject([{ path: ['bare', 'computed'], extensions: { code: 'SERVICE_BAD_RESPONSE' } }]);
});

test('arguments, input fields and enum values of these names keep their values', async () => {
  const echoed = async (query: string, variables = {}) =>
    JSON.parse(JSON.parse(await same(query, variables)).data.echo);
  const input = { constructor: 1, toString: 'constructor', valueOf: { constructor: 2 } };
  expect(
    await echoed('{ echo(hasOwnProperty: {constructor: 1, toString: constructor, valueOf: {constructor: 2}}) }'),
  ).toEqual([{ hasOwnProperty: input }, false]);
  expect(
    await echoed('query($toString: hasOwnProperty) { echo(hasOwnProperty: $toString) }', { toString: input }),
  ).toEqual([{ hasOwnProperty: input }, false]);
  expect(await echoed('query($valueOf: Int) { echo(hasOwnProperty: {constructor: $valueOf}) }')).toEqual([
    { hasOwnProperty: { constructor: 7 } },
    true,
  ]);
  expect(
    await echoed('query($constructor: Int) { echo(list: [{constructor: $constructor}, {}]) }', { constructor: null }),
  ).toEqual([{ list: [{ constructor: null }, { constructor: 7 }] }, expect.anything()]);
});
