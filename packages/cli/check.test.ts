import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkClient } from './check/client.ts';
import { type Measuring, startMeasuring } from './check/measured.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test.each(readdirSync(`${FIXTURE}bffs`))('%s is within its budget', async (client) => {
  const { report, problems } = await checkClient(client, { root: FIXTURE });
  expect(problems).toEqual([]);
  for (const file of readdirSync(`${FIXTURE}bffs/${client}/screens`)) {
    expect(report).toContain(`| ${file.replace('.graphql', '')} `);
  }
});

describe('measured', () => {
  let measuring: Measuring;
  beforeAll(async () => {
    measuring = await startMeasuring(FIXTURE);
  });
  afterAll(async () => {
    await measuring[Symbol.asyncDispose]();
  });

  test.each(CLIENTS)('$client: reports what each screen fetched and used', async ({ client }) => {
    const { report, problems } = await checkClient(client, { root: FIXTURE, measuring });
    expect(problems).toEqual([]);
    const [, screens = '', endpoints = ''] = report.split(/^\| screen .*\n.*\n/m);
    for (const line of [...linesOf(screens), ...linesOf(endpoints)]) {
      const [, fetched, used, share] = /\| +(\d+) \| +(\d+) \| +(\d+)% \|/.exec(line) ?? [];
      expect(Number(fetched)).toBeGreaterThan(0);
      expect(Number(share)).toBe(Math.round((Number(used) / Number(fetched)) * 100));
    }
    const count = readdirSync(`${FIXTURE}bffs/${client}/screens`).length;
    expect(linesOf(screens)).toHaveLength(count);
    expect(linesOf(endpoints).length).toBeGreaterThanOrEqual(count);
  });

  test('lists the unread properties of a screen', async () => {
    const { report } = await checkClient('mobile', { root: FIXTURE, measuring });
    expect(report).toMatch(/LoanDetail \| loans .* \| pickupAddress\.street \d+, pickupAddress\.postcode \d+ +\|/);
  });

  test('reports a screen whose example variables are invalid', async () => {
    const [bff] = CLIENTS.filter(({ client }) => client === 'mobile');
    if (!bff) throw new Error('There is no mobile client.');
    const { problems } = await measuring.measure({ ...bff, examples: {} }, ['Home', 'LoanDetail']);
    expect(problems).toEqual([
      expect.stringMatching(
        /^LoanDetail cannot be measured with its example variables: Variable "\$id" .* not provided/,
      ),
    ]);
  });

  const linesOf = (table: string) => table.split('\n\n')[0]?.split('\n') ?? [];
});

describe('problems of a client', () => {
  /** A project of web alone, whose files may be changed. */
  function copyOfWeb(): string {
    const root = `${mkdtempSync(`${tmpdir()}/facet-check-`)}/`;
    cpSync(`${FIXTURE}bffs/web`, `${root}bffs/web`, { recursive: true });
    cpSync(`${FIXTURE}schemas`, `${root}schemas`, { recursive: true });
    symlinkSync(`${FIXTURE}shared`, `${root}shared`);
    symlinkSync(`${ROOT}node_modules`, `${root}node_modules`);
    return root;
  }
  const change = (path: string, edit: (text: string) => string) =>
    writeFileSync(path, edit(readFileSync(path, 'utf8')));

  test('reports an exceeded budget', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/budget.json`, (text) => text.replace('"calls": 23', '"calls": 22'));
    expect((await checkClient('web', { root })).problems).toEqual(['Dashboard can take 23 calls; its budget is 22.']);
  });

  test('reports unknown keys in the budget', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/budget.json`, (text) => text.replace('"waves"', '"weaves"'));
    const [problem] = (await checkClient('web', { root })).problems;
    expect(problem).toContain('"weaves"');
  });

  test('reports a screen that got more expensive', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/screens/Dashboard.graphql`, (text) =>
      text.replace('    readings {', '    readings {\n      book {\n        id\n      }'),
    );
    expect((await checkClient('web', { root })).problems).toEqual([
      'Dashboard can take 24 calls; its budget is 23.',
      'Dashboard can take 2141 rows; its budget is 2121.',
    ]);
  });

  test('reports documents in a manifest that could make too many calls', async () => {
    const root = copyOfWeb();
    const pages = ['a', 'b', 'c'].map(
      (alias) => `${alias}: dashboard { loans(first: 100, after: "${alias}") { items { book { id } } } }`,
    );
    mkdirSync(`${root}bffs/web/documents`);
    const texts = {
      large: `query Large { ${pages.join(' ')} }`,
      small: 'query Small { dashboard { readings { id } } }',
    };
    writeFileSync(`${root}bffs/web/documents/relay.json`, JSON.stringify(texts));
    expect((await checkClient('web', { root })).problems).toEqual(['Large (large) can make 63 calls; 60 are allowed.']);
  });

  test('reports a screen that does not match the schema', async () => {
    const root = copyOfWeb();
    change(`${root}bffs/web/screens/BookPage.graphql`, (text) => text.replace(' name', ' nam'));
    const [problem] = (await checkClient('web', { root })).problems;
    expect(problem).toMatch(/BookPage\.graphql:\d+:\d+: Cannot query field "nam"/);
  });
});
