import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { copyOfFixture } from '@facet/testing/internal/project-copy.ts';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';

const LIMIT_MS = 300_000;
const { NODE_OPTIONS: _, ...environment } = process.env;

let copy: string;
const originals = new Map<string, string>();

beforeAll(() => {
  copy = copyOfFixture();
});
afterEach(() => {
  for (const [path, text] of originals) writeFileSync(copy + path, text);
  originals.clear();
});

/** Changes a file until the test is over. */
function change(path: string, from: string, to: string): void {
  const text = readFileSync(copy + path, 'utf8');
  if (!originals.has(path)) originals.set(path, text);
  expect(text).toContain(from);
  writeFileSync(
    copy + path,
    text.replace(from, () => to),
  );
}

function run(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: copy,
    env: { ...environment, PORT: '0' },
    encoding: 'utf8',
  });
  return { status, stdout, problems: stderr.replaceAll(copy, '').trimEnd().split('\n') };
}

test(
  'the generated files of the fixture are current',
  () => {
    expect(run('packages/cli/generate.ts', '--check')).toEqual({ status: 0, stdout: '', problems: [''] });
  },
  LIMIT_MS,
);

describe('npm run generate tells what is wrong in a line each:', () => {
  test(
    'schemas, all of them',
    () => {
      change('schemas/mobile.graphql', '  avatar: ', '  nope: Strong!\n  avatar: ');
      change('schemas/web.graphql', 'type Book {', 'type Book implements Thing {');
      const line = readFileSync(`${copy}schemas/mobile.graphql`, 'utf8').split('\n').indexOf('  nope: Strong!') + 1;
      const ofMobile = `schemas/mobile.graphql:${line}:9: Unknown type "Strong". Did you mean "String"?`;
      expect(run('packages/cli/generate.ts')).toEqual({
        status: 1,
        stdout: '',
        problems: [ofMobile, expect.stringMatching(/^schemas\/web\.graphql:\d+:22: Unknown type "Thing"\./)],
      });
      expect(run('bffs/mobile/main.ts')).toEqual({ status: 1, stdout: '', problems: [`mobile: ${ofMobile}`] });
    },
    LIMIT_MS,
  );

  test(
    'OpenAPI documents, all of them',
    () => {
      change('shared/members/openapi.yaml', 'paths:', 'paths: [');
      change('shared/loans/openapi.yaml', 'in: path, required: true', 'in: nowhere, required: true');
      const { status, problems } = run('packages/cli/generate.ts');
      expect(status).toBe(1);
      expect(problems.join('\n')).toMatch(
        /shared\/loans\/openapi\.yaml:\d+: `in` can be[\s\S]*shared\/members\/openapi\.yaml is not a usable/,
      );
      expect(problems.join('\n')).not.toMatch(/^ +at /m);
    },
    LIMIT_MS,
  );

  test(
    'screens, and then all else is made even so',
    () => {
      change('bffs/web/screens/BookPage.graphql', 'name', 'nam');
      change('bffs/mobile/screens/Home.graphql', 'greeting', 'greeting(');
      const { status, problems } = run('packages/cli/generate.ts');
      expect(status).toBe(1);
      expect(problems.filter((line) => line.includes('.graphql:')).sort()).toEqual([
        expect.stringMatching(/^ {2}bffs\/mobile\/screens\/Home\.graphql:\d+:\d+: Syntax Error: /),
        '  bffs/web/screens/BookPage.graphql:4:5: Cannot query field "nam" on type "Book". Did you mean "name"?',
      ]);
    },
    LIMIT_MS,
  );

  test(
    'endpoints, by the place that describes them',
    () => {
      change('shared/library/endpoints.ts', "path: '/readings'", "path: 'readings'");
      const problem =
        /^shared\/library\/endpoints\.ts:\d+:\d+: The path "readings" of library does not start with a slash\. Did you mean \/readings\?$/;
      const generated = run('packages/cli/generate.ts');
      expect({ status: generated.status, problems: generated.problems }).toEqual({
        status: 1,
        problems: [expect.stringMatching(problem)],
      });
      expect(run('bffs/web/main.ts')).toEqual({ status: 1, stdout: '', problems: [expect.stringMatching(problem)] });
    },
    LIMIT_MS,
  );
});

test(
  'a server does not start with a field that nothing resolves, nor with a budget that is none',
  () => {
    change('schemas/web.graphql', '  inStock: Boolean!', '  inStock: Boolean!\n  titel: String');
    expect(run('bffs/web/main.ts').problems).toEqual([
      expect.stringMatching(
        /^web: schemas\/web\.graphql:\d+:3: Book\.titel has no resolver, and GET \/books\?ids of library has no property titel\./,
      ),
    ]);
    change('bffs/mobile/budget.json', '"calls": 3', '"calls": "few"');
    expect(run('bffs/mobile/main.ts')).toEqual({
      status: 1,
      stdout: '',
      problems: [
        expect.stringMatching(/^mobile: bffs\/mobile\/budget\.json:3:\d+: screens\.Home\.calls: Invalid input/),
      ],
    });
  },
  LIMIT_MS,
);
