import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, noRows, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { GraphQLError, type GraphQLResolveInfo, GraphQLScalarType, Kind, parse, subscribe } from 'graphql';
import { MASKED } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { createEngine } from '../execute.ts';
import { arg, load, text } from '../fields.ts';
import { planOf } from '../plan.ts';
import { buildSchema, type ResolverMap } from '../schema.ts';
import type { RequiredResolvers } from './required-resolvers.ts';

const SDL = `
  type Query { boat(id: ID!): Boat  harbour: Harbour!  harbours(kind: Kind = MARINA): [Harbour!]!  depth(at: Depth!): Depth!  nearest: Place  vessel: Vessel }
  type Subscription { tide: Int! }
  type Boat { name: String!  label: String!  owner: String! }
  type Harbour { name: String!  kind: Kind!  caller: String! }
  type Buoy { light: String! }
  union Place = Harbour | Buoy
  interface Vessel { length: Int! }
  type Tug implements Vessel { length: Int! }
  enum Kind { MARINA DOCK }
  scalar Depth`;

interface Boat {
  readonly id: string;
  readonly name: string;
}
interface Harbour {
  readonly name: string;
  readonly kind: 1 | 2;
}

const boats = batchOf<Boat>()({ service: 'members', path: '/boats', rowKey: 'id' });

// As graphql-codegen generates them.
type ResolverFn<Result, Parent, Args> = (
  parent: Parent,
  args: Args,
  context: Context,
  info: GraphQLResolveInfo,
) => Promise<Result> | Result;
type Resolver<Result, Parent, Args = object> =
  | ResolverFn<Result, Parent, Args>
  | { resolve: ResolverFn<Result, Parent, Args> };
type TypeResolver<Names, Parent> = (parent: Parent, context: Context, info: GraphQLResolveInfo) => Names;
type Place = Harbour | { readonly light: string };
interface Resolvers {
  Query?: {
    boat?: Resolver<Boat | null, object, { readonly id: string }>;
    harbour?: Resolver<Harbour, object>;
    harbours?: Resolver<readonly Harbour[], object, { readonly kind: 1 | 2 }>;
    depth?: Resolver<number, object, { readonly at: number }>;
    nearest?: Resolver<Place | null, object>;
    vessel?: Resolver<{ readonly length: number } | null, object>;
  };
  Subscription?: { tide?: { subscribe: ResolverFn<AsyncIterable<unknown>, object, object> } };
  Boat?: { name?: Resolver<string, Boat>; label?: Resolver<string, Boat>; owner?: Resolver<string, Boat> };
  Harbour?: {
    name?: Resolver<string, Harbour>;
    kind?: Resolver<1 | 2, Harbour>;
    caller?: Resolver<string, Harbour>;
  };
  Place?: { __resolveType: TypeResolver<'Harbour' | 'Buoy', Place> };
  Kind?: { MARINA?: 1; DOCK?: 2 };
  Depth?: GraphQLScalarType;
}

/** Metres in the schema, centimetres inside. */
const Depth = new GraphQLScalarType({
  name: 'Depth',
  serialize: (value) => {
    if (value === 13) throw new Error('unlucky');
    return `${Number(value) / 100} m`;
  },
  parseValue: (value) => Number(value) * 100,
  parseLiteral: (node) => {
    if (node.kind === Kind.INT) return Number(node.value) * 100;
    throw new GraphQLError('Depth is an integer of metres.');
  },
});

const resolvers = {
  Query: {
    boat: load(boats, arg('id')),
    harbour: () => ({ name: 'Kiel', kind: 1 }),
    harbours: {
      resolve: async (_parent, { kind }) => [
        { name: `Marina ${kind}`, kind: 1 },
        { name: `Dock ${kind}`, kind: 2 },
      ],
    },
    depth: (_parent, { at }) => at,
    nearest: () => ({ light: 'red' }),
    vessel: () => ({ __typename: 'Tug', length: 12 }),
  },
  Subscription: {
    tide: {
      subscribe: async function* () {
        yield { tide: 7 };
      },
    },
  },
  Boat: {
    label: text('Boat {name}'),
    owner: (boat, _args, { request }, info) => `${request.identity.id} owns ${boat.name} (${info.fieldName})`,
  },
  Harbour: {
    caller: {
      resolve: (_parent, _args, { request }) => request.requestId,
    },
  },
  Place: {
    __resolveType: (place) => ('light' in place ? 'Buoy' : 'Harbour'),
  },
  Kind: { MARINA: 1, DOCK: 2 },
  Depth,
} satisfies RequiredResolvers<Resolvers> & ResolverMap;

/** Runs a query twice ad hoc and three times registered: interpreted and, where possible, compiled. */
async function run(query: string, variables: Readonly<Record<string, unknown>> = {}, rows = noRows) {
  const schema = buildSchema(SDL, resolvers);
  const { log, logged } = collectLog();
  const engine = createEngine(schema, rows, log);
  const results: unknown[] = [];
  for (const isRegistered of [false, true]) {
    const document = parse(query);
    if (isRegistered) engine.preparation.register(document, { isCompiledNow: true });
    for (let time = 0; time < 2; time += 1) {
      const { data, errors } = await engine.execute(
        { document, operationName: undefined, variables },
        requestContext(),
      );
      results.push(JSON.parse(JSON.stringify({ data, ...(errors && { errors }) })));
    }
  }
  expect(results).toEqual(results.map(() => results[0]));
  return { result: results[0], logged };
}

describe('ordinary resolvers run beside fields as data', () => {
  test('functions get parent, arguments, context and info; a field as data provides their parent', async () => {
    await using service = await startLocalService((_request, response) => json(response, [{ id: 'b1', name: 'Ada' }]));
    await using fetcher = fetcherFor(service.url);
    const { result } = await run('{ boat(id: "b1") { name label owner } }', {}, fetcher.rows);
    expect(result).toEqual({ data: { boat: { name: 'Ada', label: 'Boat Ada', owner: 'm_42 owns Ada (owner)' } } });
  });

  test('objects with resolve, enums with internal values and default arguments work', async () => {
    const query =
      'query($kind: Kind = DOCK) { harbour { name kind caller } harbours { name } some: harbours(kind: $kind) { kind name } }';
    expect((await run(query)).result).toEqual({
      data: {
        harbour: { name: 'Kiel', kind: 'MARINA', caller: 'test-request' },
        harbours: [{ name: 'Marina 1' }, { name: 'Dock 1' }],
        some: [
          { kind: 'MARINA', name: 'Marina 2' },
          { kind: 'DOCK', name: 'Dock 2' },
        ],
      },
    });
  });

  test('a custom scalar parses literals and variables and serializes values', async () => {
    const query = 'query($at: Depth!) { depth(at: 3) b: depth(at: $at) }';
    expect((await run(query, { at: 5 })).result).toEqual({ data: { depth: '3 m', b: '5 m' } });
  });

  test('an error of a custom scalar is masked and logged', async () => {
    const { result, logged } = await run('query($at: Depth!) { depth(at: $at) }', { at: 0.13 });
    expect(result).toEqual({ data: null, errors: [expect.objectContaining({ message: MASKED, path: ['depth'] })] });
    expect(logged).toMatchObject(Array.from({ length: 4 }, () => ({ err: { message: 'unlucky' } })));
  });

  test('types come from __resolveType, or from __typename in the value', async () => {
    const query = '{ nearest { ... on Buoy { light } } vessel { __typename length } }';
    expect((await run(query)).result).toEqual({
      data: { nearest: { light: 'red' }, vessel: { __typename: 'Tug', length: 12 } },
    });
  });

  test('the schema keeps subscribe functions for servers that use them', async () => {
    const events = await subscribe({ schema: buildSchema(SDL, resolvers), document: parse('subscription { tide }') });
    if (!(Symbol.asyncIterator in events)) throw new Error('There are no events.');
    expect((await events.next()).value).toEqual({ data: { tide: 7 } });
    await events.return(undefined);
  });
});

test('a field of the schema carries the plan of its field as data in its extensions, and an ordinary one carries none', () => {
  const schema = buildSchema(SDL, resolvers);
  const { boat, harbour } = schema.getQueryType()?.getFields() ?? {};
  expect(boat?.extensions).toEqual(resolvers.Query.boat.extensions);
  expect(boat?.resolve).toBe(resolvers.Query.boat.resolve);
  expect(boat && planOf(boat)).toBe(resolvers.Query.boat.extensions.facet.plan);
  expect(harbour && planOf(harbour)).toBeUndefined();
});

test('building a schema leaves a scalar of the resolver map as it is', () => {
  buildSchema(SDL, resolvers);
  expect(() => Depth.serialize(13)).toThrow('unlucky');
});

describe('problems of resolvers', () => {
  const sdl =
    'type Query { cat: Cat!  pet: Pet }  interface Pet { name: String }  type Cat implements Pet { name: String  lives: Int } enum Kind { A }';
  const problems = (resolvers: object) => {
    try {
      buildSchema(sdl, resolvers as ResolverMap);
      return [];
    } catch (error) {
      return String(error instanceof Error ? error.message : error).split('\n');
    }
  };
  const Pet = { __resolveType: () => 'Cat' };

  test.each([
    ['no problem', { Pet, Query: { cat: () => ({}) }, Kind: { A: 7 } }, []],
    [
      'an unknown enum value',
      { Pet, Kind: { B: 7 } },
      ['Kind has no value B, and Kind.B has an internal value. Did you mean A?'],
    ],
    ['a type without an object', { Pet, Query: () => 1 }, ['The resolvers of Query are not an object.']],
    [
      'a field of an interface',
      { Pet: { ...Pet, name: () => '' } },
      ['Pet is an interface, and Pet.name has a resolver. Move it to the types that implement Pet.'],
    ],
    [
      'a built-in scalar',
      { Pet, Int: { serialize: () => 1 } },
      ['Int has no field serialize, and Int.serialize has a resolver.'],
    ],
    [
      'an object without resolve',
      { Pet, Query: { cat: { reslove: () => 1 } } },
      ['The resolver of Query.cat is not a function or an object with resolve.'],
    ],
    ['an interface whose values have no type', {}, ['Pet has no resolver __resolveType.']],
    ['an interface whose types have __isTypeOf', { Cat: { __isTypeOf: () => true } }, []],
    ['an interface whose values an ordinary resolver returns', { Query: { pet: () => ({ __typename: 'Cat' }) } }, []],
    [
      'an interface whose values a field as data returns',
      { Query: { pet: load(boats, arg('id')) } },
      ['Pet has no resolver __resolveType.'],
    ],
  ])('%s', (_what, resolvers, expected) => {
    expect(problems(resolvers).map((problem) => problem.replace(/^schema\.graphql:\d+:\d+: /, ''))).toEqual(expected);
  });
});
