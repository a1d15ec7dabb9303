import { readFileSync } from 'node:fs';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { observeRows } from '@facet/testing/internal/observed-rows.ts';
import { randomQuery } from '@facet/testing/internal/random-query.ts';
import { randomServices } from '@facet/testing/internal/random-services.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import type { Endpoint } from '../../downstream/endpoint.ts';
import { inPath } from '../../downstream/id-style.ts';
import { createLog } from '../../telemetry/log.ts';
import { selectionOf } from '../analysis/selection.ts';
import { createEngine } from '../execute.ts';
import { amount, arg, computed, connection, connectionFields, list, load, prop, resolver } from '../fields.ts';
import { buildSchema } from '../schema.ts';
import { readScreens } from '../screens.ts';
import { type OperationReads, type Reads, readsOf } from './reads.ts';

const HEALTHY = 1_000_000;
const log = createLog('test', 'silent');

function analysed<T>(schema: GraphQLSchema, text: string, analyse: (...of: Parameters<typeof readsOf>) => T): T {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  return analyse(schema, document, operation);
}

/** The paths that are read whole. */
const pathsIn = ({ isWhole, path, properties }: Reads): string[] =>
  isWhole ? [path] : [...properties.values()].flatMap(pathsIn).sort();

function isRead(reads: Reads, path: string): boolean {
  const [name = '', ...rest] = path.split('.');
  const below = reads.properties.get(name);
  if (reads.isWhole || (below && rest.length === 0)) return true;
  return below !== undefined && isRead(below, rest.join('.'));
}

describe.each(CLIENTS)('the reads of $client', (bff) => {
  const schema = buildSchema(readFileSync(`${FIXTURE}schemas/${bff.client}.graphql`, 'utf8'), bff.resolvers);
  const screens = readScreens(`${FIXTURE}bffs/${bff.client}/screens`, schema);

  /** Runs an operation over rows with unused properties, and records which properties are read. */
  async function run(text: string, variables: Readonly<Record<string, unknown>>, seed: number) {
    const { rows, observed } = observeRows(randomServices(seed, HEALTHY).rows);
    const engine = createEngine(schema, rows, log);
    await engine.execute({ document: parse(text), operationName: undefined, variables }, requestContext());
    return observed;
  }

  test.each(screens)('for $name are those of the analysis', async ({ name, text }) => {
    const reads = analysed(schema, text, readsOf);
    const seen = new Map<Endpoint, { read: Set<string>; there: Set<string> }>();
    for (let seed = 0; seed < 20; seed += 1) {
      for (const [endpoint, { read, there }] of await run(text, bff.examples[name] ?? {}, seed)) {
        const so = seen.get(endpoint);
        seen.set(endpoint, { read: read.union(so?.read ?? new Set()), there: there.union(so?.there ?? new Set()) });
      }
    }
    expect(new Set(seen.keys())).toEqual(new Set(reads.keys()));
    for (const [endpoint, { read, there }] of seen) {
      const row = reads.get(endpoint)?.reads;
      const said = [...there].filter((path) => row && isRead(row, path));
      // Rows are matched by key before recording starts.
      if (row?.properties.get(endpoint.rowKey)?.isWhole) read.add(endpoint.rowKey);
      expect([...read].sort()).toEqual(said.sort());
      expect(said.length).toBeLessThan(there.size);
    }
  });

  test('for any operation are among those of the analysis, and sparse fetching requests them', async () => {
    let watched = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.nat({ max: 1_000 }), async (g, seed) => {
        const { text, variables } = randomQuery(schema, g);
        fc.pre(validate(schema, parse(text)).length === 0);
        const reads: OperationReads = analysed(schema, text, readsOf);
        for (const [endpoint, { read }] of await run(text, variables, seed)) {
          const of = reads.get(endpoint);
          if (of?.isUnstated) continue;
          watched += 1;
          expect([...read].filter((path) => !of || !isRead(of.reads, path))).toEqual([]);
        }
        for (const [endpoint, names] of analysed(schema, text, selectionOf)) {
          const outermost = reads.get(endpoint)?.reads.properties.keys() ?? [];
          expect([...new Set([...outermost, endpoint.rowKey])].sort()).toEqual(names);
        }
      }),
      { numRuns: 100, maxSkipsPerRun: 1_000, endOnFailure: true },
    );
    // Without this, the test could pass because nothing was read.
    expect(watched).toBeGreaterThan(40);
  });
});

describe('the fields of cats', () => {
  interface Cat {
    readonly id: string;
    readonly home: { readonly street: string; readonly town: { readonly name: string; readonly zip: string } };
    readonly kittens: readonly { readonly name: string; readonly fatherId: string }[];
    readonly cents: number;
    readonly currency: string;
  }
  const cats = batchOf<Cat>()({ service: 'library', path: '/cats', rowKey: 'id' });
  const singles = batchOf<Cat>()({ service: 'library', path: '/cats/{id}', rowKey: 'id', ids: inPath() });
  const catList = listOf<Cat>()({ service: 'library', path: '/cats', params: ['limit'], rowKey: 'id' });

  const SDL = `
    type Query {
      cat(id: ID!): Cat
      single(id: ID!): Cat
      home(id: ID!): Home
      town(id: ID!): String
      cats: [Cat!]
      page(first: Int): CatConnection
      odd: Cat
    }
    type Cat { id: ID! home: Home whereabouts: Home kittens: [Kitten!] price: Float silent: String father: Cat made: Home }
    type Home { street: String town: Town }
    type Town { name: String zip: String }
    type Kitten { name: String father: Cat }
    type CatConnection { edges: [CatEdge!] pageInfo: PageInfo }
    type PageInfo { endCursor: String }
    type CatEdge { cursor: String node: Cat }
  `;
  const schema = buildSchema(SDL, {
    Query: {
      cat: load(cats, arg('id')),
      single: load(singles, arg('id')),
      home: load(cats, arg('id'), 'home'),
      town: load(
        cats,
        arg('id'),
        computed(['home.town'], ({ home }: { home: Pick<Cat['home'], 'town'> }) => home.town.name),
      ),
      cats: list(catList),
      page: connection(catList, { limit: arg('first') }),
      odd: resolver({ calls: [cats] }, () => null),
    },
    Cat: {
      whereabouts: prop('home'),
      price: amount('cents', 'currency'),
      silent: () => 'nothing',
      made: computed(['home.street'], ({ home }: { home: Pick<Cat['home'], 'street'> }) => ({ street: home.street })),
    },
    Kitten: { father: load(cats, 'fatherId') },
    CatConnection: connectionFields<Cat>(),
  });
  const pathsOf = (text: string) =>
    Array.from(analysed(schema, text, readsOf).values(), ({ endpoint, reads, isUnstated }) =>
      [endpoint.name, ...(isUnstated ? ['and unknown properties'] : []), ...pathsIn(reads)].join(' '),
    );

  test.each([
    ['parts of an object', '{ cats { home { street } } }', 'GET /cats home.street'],
    ['parts of its parts', '{ cats { home { town { zip } } } }', 'GET /cats home.town.zip'],
    [
      'a renamed object',
      '{ cats { whereabouts { street } home { town { name } } } }',
      'GET /cats home.street home.town.name',
    ],
    ['a part of each item', '{ cats { kittens { name } } }', 'GET /cats kittens.name'],
    [
      'what a conversion needs',
      '{ cats { price made { street town { name } } } }',
      'GET /cats cents currency home.street',
    ],
    ['the key of rows that are matched by it', '{ cat(id: 1) { price } }', 'GET /cats?ids cents currency id'],
    ['no key of a single row', '{ single(id: 1) { price } }', 'GET /cats/{id} cents currency'],
    ['the key for cursors', '{ page { edges { node { price } } } }', 'GET /cats cents currency id'],
    ['a property of the loaded row', '{ home(id: 1) { town { zip } } }', 'GET /cats?ids home.town.zip id'],
    ['a conversion of the loaded row', '{ town(id: 1) }', 'GET /cats?ids home.town id'],
    ['unknown properties of a hand-written load', '{ odd { price } }', 'GET /cats?ids and unknown properties id'],
    ['unknown properties of a row', '{ cats { silent } }', 'GET /cats and unknown properties'],
    ['nothing', '{ cats { __typename } }', 'GET /cats'],
    [
      'what fragments say',
      '{ cats { ...A ... on Cat { price } } } fragment A on Cat { home { street } }',
      'GET /cats cents currency home.street',
    ],
  ])('read %s', (_what, text, paths) => {
    expect(pathsOf(text)).toEqual([paths]);
  });

  test('read the properties of both endpoints', () => {
    expect(pathsOf('{ cats { kittens { father { price } } } }')).toEqual([
      'GET /cats kittens.fatherId',
      'GET /cats?ids cents currency id',
    ]);
  });
});
