import ts from 'typescript';
import { LineCounter, parseAllDocuments, visit } from 'yaml';

/** A regular expression of the product, or what could be one and cannot be checked. */
export type Found = Place & (Pattern | { readonly problem: string });

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** The regular expressions in a file, by the kind of the file. */
export function patternsIn(file: string, text: string): Found[] {
  if (file.endsWith('.yaml') || file.endsWith('.yml')) return inYaml(file, text);
  return file.endsWith('.cfg') ? inHaproxy(file, text) : inTypeScript(file, text);
}

const BUILT = 'a regular expression is built at run time; write a literal, or use the methods of strings';

/** A comment in the line before lets an expression be built at run time, and says why that is harmless. */
const ALLOWED = /^\s*\/\/ check:patterns allows this: \S/;

/** Methods of strings that make a regular expression of a string. */
const CONVERTING: ReadonlySet<string> = new Set(['match', 'matchAll', 'search']);

/** Literals, RegExp's arguments, strings that become expressions, and `pattern` as JSON Schema has it. */
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

/** `RegExp(…)` and `new RegExp(…)`, of `globalThis` too. */
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

/** Names that a file gives to literals, by which they may be passed on. */
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

/** `pattern` of the schemas in OpenAPI documents. */
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

/** What follows `-m reg`: HAProxy's patterns are those of PCRE, of which ours use what JavaScript has too. */
function inHaproxy(file: string, text: string): Found[] {
  return text.split('\n').flatMap((line, index): Found[] => {
    const [, flag = '', quoted, plain] = /-m reg (-i )?(?:'([^']*)'|((?:[^\\ ]|\\.)+))/.exec(line) ?? [];
    const source = quoted ?? plain?.replaceAll('\\ ', ' ');
    return source === undefined ? [] : [{ file, line: index + 1, source, flags: flag === '' ? '' : 'i' }];
  });
}
