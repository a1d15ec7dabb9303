import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { check, type Diagnostics } from 'recheck';
import ts from 'typescript';
import { LineCounter, parseAllDocuments, visit } from 'yaml';

/** A regular expression in product code, or a problem for one that cannot be checked. */
export type Found = SourceLocation & (Pattern | { readonly problem: string });

export interface SourceLocation {
  readonly file: string;
  readonly line: number;
}

export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** The regular expressions in a TypeScript, YAML or HAProxy configuration file. */
export function patternsIn(file: string, text: string): Found[] {
  if (file.endsWith('.yaml') || file.endsWith('.yml')) return inYaml(file, text);
  return file.endsWith('.cfg') ? inHaproxy(file, text) : inTypeScript(file, text);
}

const BUILT = 'the regular expression is built at run time and cannot be checked; use a literal or string methods';

/** A comment on the preceding line that allows an expression built at run time, with the reason. */
const ALLOWED = /^\s*\/\/ check:patterns allows this: \S/;

/** String methods that convert a string argument to a regular expression. */
const CONVERTING: ReadonlySet<string> = new Set(['match', 'matchAll', 'search']);

/** Finds literals, arguments of RegExp, strings that become expressions, and the JSON Schema keyword `pattern`. */
function inTypeScript(file: string, text: string): Found[] {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
  const lines = text.split('\n');
  const found: Found[] = [];
  const add = (node: ts.Node, what: Pattern | { readonly problem: string }) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    if ('problem' in what && ALLOWED.test(lines[line - 1] ?? '')) return;
    found.push({ file, line: line + 1, ...what });
  };
  const literals = namesOfLiterals(source);
  const look = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) add(node, ofLiteral(node.text));
    else if (isConstruction(node)) addConstruction(node, add);
    else if (ts.isCallExpression(node) && isConversion(node)) {
      const [argument] = node.arguments;
      if (argument && !ts.isRegularExpressionLiteral(argument) && !literals.has(argument.getText())) {
        add(node, ts.isStringLiteralLike(argument) ? { source: argument.text, flags: '' } : { problem: BUILT });
      }
    } else if (ts.isPropertyAssignment(node) && node.name.getText() === 'pattern') {
      if (ts.isStringLiteralLike(node.initializer)) add(node, { source: node.initializer.text, flags: 'u' });
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

function ofLiteral(text: string): Pattern {
  const end = text.lastIndexOf('/');
  return { source: text.slice(1, end), flags: text.slice(end + 1) };
}

/** `RegExp(…)` and `new RegExp(…)`, also as a property of `globalThis`. */
function isConstruction(node: ts.Node): node is ts.CallExpression | ts.NewExpression {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  const { expression } = node;
  return (ts.isPropertyAccessExpression(expression) ? expression.name : expression).getText() === 'RegExp';
}

function addConstruction(
  node: ts.CallExpression | ts.NewExpression,
  add: (node: ts.Node, what: Pattern | { readonly problem: string }) => void,
): void {
  const [source, flags] = node.arguments ?? [];
  const isPlain = source && ts.isStringLiteralLike(source) && (!flags || ts.isStringLiteralLike(flags));
  if (isPlain) add(node, { source: source.text, flags: flags && ts.isStringLiteralLike(flags) ? flags.text : '' });
  else add(node, { problem: BUILT });
}

function isConversion({ expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && CONVERTING.has(expression.name.text);
}

/** Names of variables in a file that are initialized with a regular expression literal. */
function namesOfLiterals(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (node: ts.Node): void => {
    const isLiteral =
      ts.isVariableDeclaration(node) && node.initializer && ts.isRegularExpressionLiteral(node.initializer);
    if (isLiteral) names.add(node.name.getText());
    ts.forEachChild(node, look);
  };
  look(source);
  return names;
}

/** The keyword `pattern` of schemas in OpenAPI documents. */
function inYaml(file: string, text: string): Found[] {
  const lines = new LineCounter();
  const found: Found[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    visit(document, {
      Pair(_, { key, value }) {
        const name: unknown = Reflect.get(Object(key), 'value');
        const pattern: unknown = Reflect.get(Object(value), 'value');
        const range: unknown = Reflect.get(Object(key), 'range');
        if (name !== 'pattern' || typeof pattern !== 'string' || !Array.isArray(range)) return;
        found.push({ file, line: lines.linePos(Number(range[0])).line, source: pattern, flags: 'u' });
      },
    });
  }
  return found;
}

/** Patterns after `-m reg`. HAProxy uses PCRE; these patterns use only syntax that JavaScript shares. */
function inHaproxy(file: string, text: string): Found[] {
  return text.split('\n').flatMap((line, index): Found[] => {
    const [, flag = '', quoted, plain] = /-m reg (-i )?(?:'([^']*)'|((?:[^\\ ]|\\.)+))/.exec(line) ?? [];
    const source = quoted ?? plain?.replaceAll('\\ ', ' ');
    return source === undefined ? [] : [{ file, line: index + 1, source, flags: flag === '' ? '' : 'i' }];
  });
}

/**
 * Bounds that do not depend on the machine's speed. If recheck cannot prove an expression linear, it attacks it with strings of up to
 * 10,000 characters. The expression passes if no attack takes more than 10 million steps.
 */
const BOUNDS = {
  timeout: 120_000,
  attackTimeout: null,
  incubationTimeout: null,
  attackLimit: 10_000_000,
  maxAttackStringSize: 10_000,
} as const;

/** Checks regular expressions with recheck. Safe verdicts never change, so they are cached in a file. */
export class Judge {
  readonly #file: string;
  readonly #safe: Set<string>;

  constructor(file: string) {
    this.#file = file;
    this.#safe = new Set(readCache(file));
  }

  /** The problem of an expression; undefined if it takes linear time. */
  async problemOf({ source, flags }: Pattern): Promise<string | undefined> {
    const key = JSON.stringify([BOUNDS, source, flags]);
    if (this.#safe.has(key)) return undefined;
    const diagnostics = await check(source, flags, BOUNDS);
    if (diagnostics.status !== 'safe') return describe(diagnostics);
    this.#safe.add(key);
    return undefined;
  }

  /** Writes the safe verdicts to the cache file. */
  save(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify([...this.#safe]));
  }
}

function readCache(file: string): string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as string[];
  } catch {
    return [];
  }
}

function describe(diagnostics: Exclude<Diagnostics, { readonly status: 'safe' }>): string {
  const { source, flags } = diagnostics;
  if (diagnostics.status === 'unknown') return `/${source}/${flags} cannot be checked (${diagnostics.error.kind})`;
  const { complexity, attack } = diagnostics;
  return `/${source}/${flags} takes more than linear time (${complexity.summary}), for example for ${attack.pattern}`;
}
