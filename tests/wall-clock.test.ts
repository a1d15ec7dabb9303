import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Files that may read the system clock, each with its reason. In packages/server they do so through request/clock.ts. */
const ALLOWED: Readonly<Record<string, string>> = {
  'packages/server/request/clock.ts': 'defines wallClockMs',
  'packages/server/downstream/cache/shared-cache/entry.ts':
    'the age of an entry of another machine, beside that by the clock of the store',
  'packages/server/http/identity/token.ts': 'exp of a token (RFC 7519, section 4.1.4)',
  'packages/server/http/identity/verifier.ts': 'iat and exp of a token (RFC 7519, section 4.1)',
  'packages/server/telemetry/otel/tracing.ts': 'timestamps of spans (OTLP)',
  'packages/cli/gateway.ts': 'iat and exp of the tokens that it issues',
  'deploy/gateway/testing/gateway.ts': 'iat and exp of the tokens that it issues',
  'packages/testing/memory-store.ts': 'plays the clock of Redis',
  'packages/testing/clock.ts': 'sets the system clock for tests',
  'bench/soak/report.ts': 'the date of the report',
  'bench/harness/report.ts': 'the date of the report',
};

/** Packages that measure durations by the system clock, by what they are imported as. */
const FORBIDDEN_IMPORTS = ['cockatiel', 'http-cache-semantics', 'jose/jwks/remote'];

/** Uses of the system clock in a source text: reads of it, calls of wallClockMs, and imports of packages that read it. */
function usesOf(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2024, true, scriptKind(file));
  const uses: string[] = [];
  const note = (node: ts.Node) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    uses.push(`${file}:${line + 1}: ${node.getText().split('\n')[0]}`);
  };
  const visit = (node: ts.Node): void => {
    if (readsSystemClock(node)) note(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

const scriptKind = (file: string): ts.ScriptKind => (file.endsWith('.tsx') ? ts.ScriptKind.TSX : ts.ScriptKind.TS);

function readsSystemClock(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return isClockProperty(node.expression, node.name.text);
  if (ts.isElementAccessExpression(node)) {
    const { argumentExpression: name } = node;
    return ts.isStringLiteralLike(name) && isClockProperty(node.expression, name.text);
  }
  // `const { now } = Date`
  if (ts.isVariableDeclaration(node)) return ts.isObjectBindingPattern(node.name) && isDate(node.initializer);
  if (ts.isNewExpression(node)) return isDate(node.expression) && (node.arguments ?? []).length === 0;
  if (ts.isCallExpression(node) && (isDate(node.expression) || isNamed(node.expression, 'wallClockMs'))) return true;
  return FORBIDDEN_IMPORTS.includes(moduleOf(node) ?? '');
}

/** The module that an import, a re-export, `import()` or `require()` names. */
function moduleOf(node: ts.Node): string | undefined {
  const isLoad = (call: ts.CallExpression) =>
    call.expression.kind === ts.SyntaxKind.ImportKeyword || isNamed(call.expression, 'require');
  const name =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && isLoad(node)
        ? node.arguments[0]
        : undefined;
  return name && ts.isStringLiteralLike(name) ? name.text : undefined;
}

function isClockProperty(object: ts.Expression, name: string): boolean {
  if (name === 'now') return isDate(object) || isNamed(object, 'Temporal');
  if (name === 'timeOrigin') return isNamed(object, 'performance');
  return name === 'Now' && isNamed(object, 'Temporal');
}

const isDate = (node: ts.Node | undefined): boolean => isNamed(node, 'Date');

/** Whether it is this global, with or without globalThis in front. */
function isNamed(node: ts.Node | undefined, name: string): boolean {
  if (node === undefined) return false;
  if (ts.isIdentifier(node)) return node.text === name;
  return ts.isPropertyAccessExpression(node) && node.name.text === name && isNamed(node.expression, 'globalThis');
}

/** Every source file in git, or new, but tests. */
function sourceFiles(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.js', '*.mjs', '*.cjs'];
  const files = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  return files.filter((file) => !/\.(test|generated)\.tsx?$/.test(file));
}

const found = sourceFiles().flatMap((file) => {
  const uses = usesOf(file, readFileSync(`${ROOT}${file}`, 'utf8'));
  return uses.length === 0 ? [] : [{ file, uses }];
});

describe('the system clock', () => {
  test('is read only by files on the allow-list: durations use monotonicMs', () => {
    expect(found.filter(({ file }) => !(file in ALLOWED)).flatMap(({ uses }) => uses)).toEqual([]);
  });

  test('is read by every file on the allow-list', () => {
    expect(found.map(({ file }) => file).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  test('is read in packages/server through clock.ts alone', () => {
    const direct = found.filter(
      ({ file }) => file.startsWith('packages/server/') && file !== 'packages/server/request/clock.ts',
    );
    expect(direct.flatMap(({ uses }) => uses.filter((use) => !use.endsWith('wallClockMs()')))).toEqual([]);
  });
});

describe('a use of the system clock', () => {
  test.each([
    'Date.now()',
    'setInterval(Date.now)',
    "Date['now']()",
    'globalThis.Date.now()',
    'const { now } = Date',
    'new Date()',
    'new Date',
    'Date()',
    'Temporal.Now.instant()',
    'performance.timeOrigin',
    'wallClockMs()',
    "import CachePolicy from 'http-cache-semantics'",
    "export { circuitBreaker } from 'cockatiel'",
    "const { circuitBreaker } = await import('cockatiel')",
    "const { circuitBreaker } = require('cockatiel')",
  ])('is found: %s', (text) => {
    expect(usesOf('some.ts', text)).toHaveLength(1);
  });

  test.each([
    'performance.now()',
    'new Date(moment)',
    'Date.parse(text)',
    'Date.UTC(2026, 0)',
    'process.hrtime.bigint()',
    'clock.now()',
    '// Date.now()',
    "'Date.now()'",
  ])('is not %s', (text) => {
    expect(usesOf('some.ts', text)).toEqual([]);
  });
});
