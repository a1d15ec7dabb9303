import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@facet/cli/internal/project.ts';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CLIENTS } from '../examples/testing/clients.ts';
import { type ReferenceServices, startReferenceServices } from '../examples/testing/reference-services.ts';

const { examples: EXAMPLES = {} } = await readConfig();

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(`${ROOT}README.md`, 'utf8');
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));

/** Clients that the README shows; a new one has its own tests. */
const SHOWN = CLIENTS.filter(({ client }) => client in EXAMPLES);

test('every npm script that the README names is there', () => {
  const named = Array.from(readme.matchAll(/npm run (?:-s )?([\w:]+)/g), ([, name = '']) => name);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('the resolvers in the README are the mobile client’s', () => {
  const [, shown = ''] = /```ts\n(Home: \{[\s\S]*?)```/.exec(readme) ?? [];
  const flat = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  expect(flat(readFileSync(`${ROOT}bffs/mobile/resolvers.ts`, 'utf8'))).toContain(flat(shown));
});

describe('the example of each client', () => {
  let services: ReferenceServices;
  beforeAll(async () => {
    services = await startReferenceServices();
  });
  afterAll(async () => {
    await services[Symbol.asyncDispose]();
  });

  test.each(SHOWN)('$client', async (bff) => {
    await using running: RunningBff = await startBff(bff, services.urls);
    expect((await running.query(EXAMPLES[bff.client] ?? '')).errors).toEqual([]);
  });
});
