import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { idOf } from '@facet/server/internal/graphql/screens.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { type Answer, type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { copyOfFixture } from '@facet/testing/internal/project-copy.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

interface Operation {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly body: string;
}

async function askById(running: RunningBff, bff: Bff, id: string, variables: object): Promise<Answer> {
  const response = await fetch(`${running.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [bff.identity.header]: bff.identity.exampleId },
    body: JSON.stringify({ documentId: `sha256:${id}`, variables }),
  });
  return readAnswer(response);
}

describe('the manifest of each client', () => {
  let services: ReferenceServices;
  beforeAll(async () => {
    services = await startReferenceServices();
  });
  afterAll(async () => {
    await services[Symbol.asyncDispose]();
  });

  test.each(CLIENTS)('$client: a locked server accepts every id and every text in it', async (bff) => {
    const path = `${FIXTURE}bffs/${bff.client}/client/manifest.generated.json`;
    const { operations, ...head } = JSON.parse(readFileSync(path, 'utf8')) as { operations: Operation[] };
    expect(head).toEqual({ format: 'apollo-persisted-query-manifest', version: 1 });
    const screens = readdirSync(`${FIXTURE}bffs/${bff.client}/screens`)
      .map((file) => file.replace('.graphql', ''))
      .sort();
    expect(operations.map(({ name }) => name)).toEqual([...screens, ...screens]);

    await using running = await startBff(bff, services.urls, { DOCUMENTS: 'locked' });
    for (const { id, name, type, body } of operations) {
      const variables = bff.examples[name] ?? {};
      const { data, errors } = await askById(running, bff, id, variables);
      expect({ name, type, errors }).toEqual({ name, type: 'query', errors: [] });
      expect(await running.query(body, variables)).toMatchObject({ data, errors: [] });
    }
  });

  test('registers its operations when a later server has it in documents/', async () => {
    const manifests = mkdtempSync(`${tmpdir()}/facet-released-`);
    const released = JSON.parse(readFileSync(`${FIXTURE}bffs/web/client/manifest.generated.json`, 'utf8'));
    const body = 'query Retired($id: ID!) {\n  book(id: $id) {\n    id\n    __typename\n  }\n}';
    const operations = [...released.operations, { id: idOf(body), name: 'Retired', type: 'query', body }];
    writeFileSync(`${manifests}/1.4.0.json`, JSON.stringify({ ...released, operations }));
    await using running = await startBff({ ...web, manifests }, services.urls, { DOCUMENTS: 'locked' });
    const answer = await askById(running, web, idOf(body), { id: 'b_7' });
    expect(answer).toMatchObject({ data: { book: { id: 'b_7', __typename: 'Book' } }, errors: [] });
  });
});

describe('npm run generate', () => {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const copy = copyOfFixture();
  const screens = `${copy}bffs/web/screens`;
  const generate = (...flags: string[]) =>
    promisify(execFile)(process.execPath, ['packages/cli/generate.ts', ...flags], { cwd: copy, env: environment });
  const read = (file: string) => readFileSync(`${copy}bffs/web/client/${file}`, 'utf8');

  test('updates the package when screens change; fragments are per screen', async () => {
    const other =
      'query Stock($id: ID!) { book(id: $id) { deposit { ...Amount } } } fragment Amount on Money { formatted }';
    writeFileSync(`${screens}/Stock.graphql`, other);
    await expect(generate('--check')).rejects.toThrow('bffs/web/client/screens.generated.js is out of date');
    await generate();
    expect(read('screens.generated.d.ts')).toMatch(
      /interface Dashboard_AmountFragment \{[^}]*amount: number[\s\S]*interface Stock_AmountFragment \{[^}]*'Money',\n {2}readonly formatted: string\n/,
    );
    expect(read('screens.generated.js')).toContain('export const StockDocument');
  });

  test('reports the screen, line and field that do not match, and generates everything else', async () => {
    const before = read('screens.generated.js');
    writeFileSync(`${screens}/Stock.graphql`, 'query Stock($id: ID!) {\n  book(id: $id) {\n    nam\n  }\n}\n');
    writeFileSync(`${copy}bffs/mobile/client/manifest.generated.json`, '');
    await expect(generate()).rejects.toMatchObject({
      stderr: `These documents are not valid:\n  bffs/web/screens/Stock.graphql:3:5: Cannot query field "nam" on type "Book". Did you mean "name"?\n`,
      stdout: 'bffs/mobile/client/manifest.generated.json\n',
    });
    expect(read('screens.generated.js')).toBe(before);
  });
});
