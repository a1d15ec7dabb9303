import { readFileSync, writeFileSync } from 'node:fs';
import { createEngine } from '@facet/server/internal/graphql/execute.ts';
import { buildSchema } from '@facet/server/internal/graphql/schema.ts';
import { readScreens } from '@facet/server/internal/graphql/screens.ts';
import { createLog } from '@facet/server/internal/telemetry/log.ts';
import { startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { copyOfFixture } from '@facet/testing/internal/project-copy.ts';
import { randomQuery } from '@facet/testing/internal/random-query.ts';
import { noRows, requestContext } from '@facet/testing/internal/request.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, buildSchema as types, validate } from 'graphql';
import { mockResolvers } from './mock/resolvers.ts';

const NOWHERE = 'http://127.0.0.1:9';

function mocked(sdl: string) {
  const schema = buildSchema(sdl, mockResolvers(types(sdl)));
  const engine = createEngine(schema, noRows, createLog('test', 'silent'));
  const ask = async (text: string, variables: Readonly<Record<string, unknown>> = {}) => {
    const { data, errors } = await engine.execute(
      { document: parse(text), operationName: undefined, variables },
      requestContext(),
    );
    return { data: JSON.parse(JSON.stringify(data ?? null)), errors };
  };
  return { schema, ask };
}

describe.each(CLIENTS)('$client', (bff) => {
  const sdl = readFileSync(`${FIXTURE}schemas/${bff.client}.graphql`, 'utf8');

  test('serves all screens, always with the same values, without calling services', async () => {
    const { schema } = mocked(sdl);
    const urls = { members: NOWHERE, loans: NOWHERE, library: NOWHERE };
    await using running = await startBff({ ...bff, resolvers: mockResolvers(types(sdl)) }, urls);
    for (const { name } of readScreens(`${FIXTURE}bffs/${bff.client}/screens`, schema)) {
      const { status, data, errors } = await running.screen(name, bff.examples[name]);
      expect({ name, status, errors }).toEqual({ name, status: 200, errors: [] });
      const sections = Object.values(Object.values(data)[0] as object);
      expect(sections.filter((section) => typeof section === 'object')).not.toContain(null);
      expect((await running.screen(name, bff.examples[name])).data).toEqual(data);
    }
  });

  test('serves every query without errors', async () => {
    const { schema, ask } = mocked(sdl);
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const { text, variables } = randomQuery(schema, g);
        fc.pre(validate(schema, parse(text)).length === 0);
        const { data, errors } = await ask(text, variables);
        expect({ text, errors }).toEqual({ text, errors: undefined });
        expect(data).not.toBeNull();
      }),
      { numRuns: 40, maxSkipsPerRun: 1_000, endOnFailure: true },
    );
  });
});

describe('the values', () => {
  const { ask } = mocked(`
    directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
    scalar DateTime
    interface Thing { id: ID! }
    enum Mood { good bad }
    type Query {
      show(id: ID!): Show
      shows(first: Int! = 4 @range(min: 1, max: 10)): [Show!]!
      page(first: Int!): ShowConnection!
      thing: Thing!
      byIds(ids: [ID!]!): [Show!]!
      lonely: Lonely
    }
    interface Lonely { id: ID! }
    type Show implements Thing {
      id: ID! episodeId: ID! episode: Episode! mood: Mood! startsAt: DateTime! posterUrl: String imageUrl: String!
      updatedAt: String! createdAt: Int! weight: Weight!
      author: String! rating: Int! price: Money! episodes: [Episode!]! isLive: Boolean! length: Float! note: String
    }
    type Episode implements Thing { id: ID! title: String! }
    type ShowConnection { edges: [ShowEdge!]! }
    type ShowEdge { cursor: String! node: Show! }
    type Weight { amount: Int! currency: String! formatted: Boolean! }
    type Money { amount: Float! currency: String! formatted: String! }
  `);

  test('are generated for a schema without resolvers', async () => {
    const { data, errors } = await ask(
      '{ show(id: "s_1") { id mood startsAt imageUrl author rating isLive length price { amount currency formatted } } }',
    );
    expect(errors).toBeUndefined();
    const { id, mood, startsAt, imageUrl, author, price } = data.show;
    expect(id).toBe('s_1');
    expect(['good', 'bad']).toContain(mood);
    expect(new Date(startsAt).toISOString()).toBe(startsAt);
    expect(imageUrl).toMatch(/^data:image\/svg\+xml,/);
    expect(author).toMatch(/^\S+ \S/);
    expect(price.formatted).toBe(price.amount.toLocaleString('en-US', { style: 'currency', currency: price.currency }));
  });

  test('agree with each other', async () => {
    const { data } = await ask('{ a: show(id: "1") { episodeId episode { id } } b: show(id: "1") { episode { id } } }');
    expect(data.a.episodeId).toBe(data.a.episode.id);
    expect(data.b.episode.id).toBe(data.a.episode.id);
  });

  test('are the same for the same id on every page', async () => {
    const { data } = await ask('{ shows { id author } page(first: 2) { edges { node { id rating } } } }');
    for (const { id, author } of data.shows) {
      const { data: detail } = await ask(
        'query($id: ID!) { show(id: $id) { author } byIds(ids: [$id, "x"]) { id author } }',
        { id },
      );
      expect(detail.show).toEqual({ author });
      expect(detail.byIds).toMatchObject([{ id, author }, { id: 'x' }]);
    }
  });

  test('have the types of their fields', async () => {
    const { data, errors } = await ask(
      '{ show(id: "1") { updatedAt createdAt weight { amount currency formatted } } lonely { id } }',
    );
    expect(errors).toBeUndefined();
    expect(new Date(data.show.updatedAt).toISOString()).toBe(data.show.updatedAt);
    expect(new Date(data.show.createdAt * 1_000).getFullYear()).toBe(2026);
    expect(data.show.weight).toMatchObject({ amount: expect.any(Number), formatted: expect.any(Boolean) });
    expect(data.lonely).toBeNull();
  });

  test('have the requested number, all different', async () => {
    const { data } = await ask(
      '{ shows { id episodes { id } } more: shows(first: 10) { id } page(first: 7) { edges { node { id } } } }',
    );
    expect(data.shows).toHaveLength(4);
    expect(data.shows[0].episodes).toHaveLength(3);
    expect(new Set(data.more.map(({ id }: { id: string }) => id)).size).toBe(10);
    expect(data.page.edges).toHaveLength(7);
  });

  test('are sometimes null where the type allows it', async () => {
    const { data } = await ask('{ page(first: 50) { edges { node { note } } } }');
    const notes = data.page.edges.map(({ node }: { node: { note: string | null } }) => node.note);
    expect(notes).toContain(null);
    expect(notes.filter((note: string | null) => note !== null).length).toBeGreaterThan(25);
  });
});

describe('as a process', () => {
  const run = runsScripts();

  test('serves the client’s routes and ad-hoc operations', async () => {
    const url = `http://localhost:${await run('packages/cli/mock.ts', { PORT: '0' }, 'web').port}`;
    const headers = { 'X-Member-Id': 'm_42', 'Content-Type': 'application/json' };
    const screen = await fetch(`${url}/screens/Dashboard?first=2`, { headers });
    expect(await screen.json()).toMatchObject({ data: { dashboard: { loans: { length: 2 } } } });
    const body = JSON.stringify({ query: '{ dashboard { loans { items { book { name } } } } }' });
    const other = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
    expect(await other.json()).toMatchObject({ data: { dashboard: { loans: { length: 50 } } } });
  });

  test('reports an invalid schema in one line', async () => {
    const copy = copyOfFixture();
    const path = `${copy}schemas/web.graphql`;
    writeFileSync(path, readFileSync(path, 'utf8').replace('type Query {', 'type Query {\n  nope: Strong!'));
    const { exitCode, output } = await run(`${copy}packages/cli/mock.ts`, {}, 'web').ended;
    expect(output).toMatch(/^\S*schemas\/web\.graphql:\d+:9: Unknown type "Strong"\. .*\n$/);
    expect(exitCode).toBe(1);
  });

  test('explains how to create an unknown client', async () => {
    const { exitCode, output } = await run('packages/cli/mock.ts', {}, 'tv').ended;
    expect({ exitCode, output }).toEqual({
      exitCode: 1,
      output: 'Unknown client "tv". Create one with npm run new:bff -- tv\n',
    });
  });
});
