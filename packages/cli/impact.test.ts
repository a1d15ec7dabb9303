import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { UsageError } from '@facet/server/internal/command/command.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { copyOfFixture } from '@facet/testing/internal/project-copy.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { impactFor, questionIn } from './impact/command.ts';
import { HistoryError } from './impact/history.ts';

const run = runsScripts();

/** The command as people type it; its exit code and all that it prints. */
function impact(...parameters: string[]) {
  return run('packages/cli/impact.ts', { INIT_CWD: process.cwd() }, ...parameters).ended;
}

/** A copy of a service's document, alone, with an edit. */
function documentOf(service: string, from: string, to: string): string {
  const path = `${mkdtempSync(`${tmpdir()}/facet-impact-`)}/new.yaml`;
  const text = readFileSync(`${FIXTURE}shared/${service}/openapi.yaml`, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replaceAll(from, to));
  return path;
}

describe('npm run impact for a service', () => {
  test('exits with 1 if something breaks; resolves missing references next to the current document', async () => {
    const { exitCode, output } = await impact(
      '--service',
      'loans',
      '--openapi',
      documentOf('loans', 'feeCents', 'feeAmount'),
    );
    expect(output).toContain('| feeCents removed, probably renamed to feeAmount | GET /loans?ids | LoanDetail.fee');
    expect(output).toMatch(/^\| +\| GET \/loans +\| LoanCard\.fee +\| Home +\| mobile +\|$/m);
    expect(output).toMatch(/This breaks mobile, web, partner\.\n$/);
    expect(exitCode).toBe(1);
  });

  test('exits with 0 if nothing breaks', async () => {
    const { exitCode, output } = await impact(
      '--service',
      'loans',
      '--openapi',
      documentOf('loans', 'The loan.', 'A loan.'),
    );
    expect(output).toMatch(/Nothing breaks\. Untouched: mobile, web, partner\.\n$/);
    expect(exitCode).toBe(0);
  });

  test('exits with 2 and lists all problems of an invalid document', async () => {
    const path = documentOf('loans', 'in: path, required: true', 'in: nowhere, required: true');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace("'../common.yaml#/components/parameters/limit'", "'other.yaml#/limit'"),
    );
    const { exitCode, output } = await impact('--service', 'loans', '--openapi', path);
    expect(output).toMatch(
      /is not a usable OpenAPI document:\n( {2}.*\n)* {2}.*new\.yaml:\d+: `in` can be one of the following only.*\n/,
    );
    expect(output).toMatch(/\n {2}\S*new\.yaml:\d+: Can't resolve \$ref.*\n/);
    expect(exitCode).toBe(2);
  });
});

test.each([
  [
    { service: 'loan', openapi: 'none.yaml' },
    [
      'Unknown service "loan". Known: members, loans, library. Did you mean loans?',
      'The file none.yaml does not exist.',
    ],
  ],
  [{ service: 'loans' }, ['--service requires --openapi, the new document.']],
  [{ openapi: 'package.json' }, ['--openapi requires --service, the service of the document.']],
  [{ client: 'wed' }, ['Unknown client "wed". Known: mobile, web, partner. Did you mean web?']],
  [
    { service: 'loans', openapi: 'package.json', against: 'main' },
    ['--service checks all clients and cannot be combined with --client or --against.'],
  ],
])('rejects %j and lists all problems', (given, problems) => {
  const values = { service: undefined, openapi: undefined, client: undefined, against: undefined, ...given };
  const question = () =>
    questionIn(values, ['mobile', 'web', 'partner'], ['members', 'loans', 'library'], process.cwd());
  expect(question).toThrow(new UsageError(problems));
});

test('exits with 2 for a misspelt option', async () => {
  expect(await impact('--servce', 'loans')).toEqual({
    exitCode: 2,
    output:
      'There is no option --servce. Did you mean --service?\nUnexpected argument "loans": npm run impact takes no argument.\n',
  });
});

describe('npm run impact for a client', () => {
  let root: string;
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false', ...args],
      { cwd: root, stdio: 'pipe' },
    );
  const commit = () => {
    git('add', '-A');
    git('commit', '-qm', 'change');
  };
  const write = (path: string, edit: (text: string) => string) =>
    writeFileSync(root + path, edit(readFileSync(root + path, 'utf8')));
  const without = (line: string) => (text: string) => text.replace(line, '');
  const impactHere = (against?: string, clients = ['web']) =>
    impactFor({ of: 'clients', clients, against }, CLIENTS, root);

  beforeEach(() => {
    root = `${mkdtempSync(`${tmpdir()}/facet-history-`)}/`;
    for (const { client } of CLIENTS) {
      for (const folder of ['schemas', `bffs/${client}/screens`]) mkdirSync(root + folder, { recursive: true });
      execFileSync('cp', ['-r', `${FIXTURE}bffs/${client}/screens`, `${root}bffs/${client}/`]);
      execFileSync('cp', [`${FIXTURE}schemas/${client}.graphql`, `${root}schemas/`]);
    }
    git('init', '-q', '-b', 'main');
    commit();
  });

  test('reports nothing if nothing has changed', async () => {
    const { text, isBroken } = await impactHere(undefined, ['mobile', 'web', 'partner']);
    expect(text).toMatch(/^# mobile compared with main at [0-9a-f]{7,}\n\nNothing breaks in mobile\.\n\n# web/);
    expect(isBroken).toBe(false);
  });

  test('reports broken screens of the old commit, even if their files changed with the schema', async () => {
    write('schemas/web.graphql', without('  inStock: Boolean!\n'));
    for (const screen of ['LoanPage', 'BookPage']) write(`bffs/web/screens/${screen}.graphql`, without('inStock'));
    const { text, isBroken } = await impactHere(undefined, ['mobile', 'web']);
    expect(text).toContain("| Field 'inStock' was removed from object type 'Book' | breaking | BookPage, LoanPage |");
    expect(text).toMatch(
      /Screens of main at [0-9a-f]+ that are invalid in the new schema:\n\n- BookPage: Cannot query.*\n- LoanPage: /,
    );
    expect(text).toContain('web breaks BookPage, LoanPage.');
    expect(text).toContain('Nothing breaks in mobile.');
    expect(isBroken).toBe(true);
  });

  test('reports current screens that do not match the current schema', async () => {
    write('schemas/web.graphql', without('  inStock: Boolean!\n'));
    const { text, isBroken } = await impactHere();
    expect(text).toMatch(/bffs\/web\/screens\/LoanPage\.graphql:\d+:\d+: Cannot query field "inStock"/);
    expect(text).toMatch(/web breaks BookPage, LoanPage\.$/);
    expect(isBroken).toBe(true);
    write('schemas/web.graphql', (sdl) => sdl.replace('type Book {', 'type {'));
    expect((await impactHere()).text).toMatch(/schemas\/web\.graphql is not a valid schema: Syntax Error/);
  });

  test('lets only clients without ad-hoc operations remove unused fields', async () => {
    write('schemas/web.graphql', without('  phone: String!\n'));
    const web = await impactHere();
    expect(web.text).toContain('Nothing breaks in web: no registered screen uses what has changed.');
    expect(web.text).toMatch(
      /^\| change +\| level +\| screens \|\n\| -+ \| -+ \| -+ \|\n\| Field 'phone' .* \| breaking \| none +\|$/m,
    );
    expect(web.isBroken).toBe(false);
    write('schemas/partner.graphql', without('  startCursor: String\n'));
    const partner = await impactHere(undefined, ['partner']);
    expect(partner.text).toContain('the client accepts ad-hoc operations.');
    expect(partner.isBroken).toBe(true);
  });

  test('reports a changed directive as unclear only for fields that are used', async () => {
    const directive = 'directive @owner(team: String!) on FIELD_DEFINITION\n';
    write(
      'schemas/web.graphql',
      (text) => directive + text.replace('  phone: String!', '  phone: String! @owner(team: "a")'),
    );
    expect((await impactHere()).isUnclear).toBe(false);
    write('schemas/web.graphql', (text) =>
      text.replace('  inStock: Boolean!', '  inStock: Boolean! @owner(team: "a")'),
    );
    expect((await impactHere()).isUnclear).toBe(true);
  });

  test('compares with the merge base of main, or with any other commit', async () => {
    git('tag', 'before');
    git('checkout', '-q', '-b', 'feature');
    git('checkout', '-q', 'main');
    write('schemas/web.graphql', (text) => text.replace('  stock: Int!\n', '  stock: Int!\n  rating: Float\n'));
    commit();
    git('checkout', '-q', 'feature');
    // It lacks what main has gained since, and has not removed it.
    expect((await impactHere()).text).toMatch(/\n\nNothing breaks in web\.$/);
    git('checkout', '-q', 'main');
    write('schemas/web.graphql', without('  rating: Float\n'));
    write('schemas/web.graphql', without('  email: String!\n'));
    write('bffs/web/screens/Dashboard.graphql', without('email'));
    commit();
    expect((await impactHere()).isBroken).toBe(false);
    const { text, isBroken } = await impactHere('before');
    expect(text).toMatch(/^# web compared with before at [\s\S]*web breaks Dashboard\.$/);
    expect(isBroken).toBe(true);
  });

  test('uses origin/main if the clone has no local main', async () => {
    git('branch', '-m', 'trunk');
    await expect(impactHere()).rejects.toThrow(/git fetch origin main:main, or pass a commit with --against/);
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect((await impactHere()).text).toContain('# web compared with origin/main at ');
    await expect(impactHere('nowhere')).rejects.toThrow(new HistoryError('This clone has no commit "nowhere".'));
  });

  test('reports nothing for a new client', async () => {
    git('rm', '-q', '--cached', '-r', 'schemas/web.graphql', 'bffs/web');
    git('commit', '-qm', 'without web');
    const { text, isBroken } = await impactHere();
    expect(text).toMatch(/The client did not exist then, so nothing can break\.$/);
    expect(isBroken).toBe(false);
  });

  test('fails if there is no git history', async () => {
    rmSync(`${root}.git`, { recursive: true });
    await expect(impactHere()).rejects.toThrow('There is no git history to compare with: fatal: not a git repository');
    const copy = copyOfFixture();
    const { exitCode, output } = await run(`${copy}packages/cli/impact.ts`).ended;
    expect(output).toMatch(/^There is no git history to compare with: .*\n$/);
    expect(exitCode).toBe(2);
  });
});
