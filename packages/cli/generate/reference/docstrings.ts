import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An exported function or constant with its docstring. */
export interface Documented {
  readonly name: string;
  /** The prose, on one line. */
  readonly text: string;
  /** The lines that are indented below it. */
  readonly example: string;
}

const EXPORTED = /^export (?:declare )?(?:async )?(?:function|const) (\w+)/;
const REEXPORT = /^(?:export|\}).* from '(\.[^']*?)(?:\.d)?\.[jt]s';$/gm;

/** What a file exports with a docstring. `path` has no extension. */
export function docstringsIn(path: string): Documented[] {
  const found: Documented[] = [];
  let comment: string[] = [];
  for (const line of textOf(path).split('\n')) {
    const [, name] = EXPORTED.exec(line) ?? [];
    if (name !== undefined && comment.length > 0) found.push(documented(name, comment));
    if (line.startsWith('/**')) comment = [line];
    else if (line.startsWith(' *')) comment.push(line);
    else comment = [];
  }
  return found;
}

/** The files that an entry point re-exports from, directly or through another file. Paths have no extension. */
export function reexportsOf(path: string): string[] {
  const found = Array.from(textOf(path).matchAll(REEXPORT), ([, to = '']) => join(dirname(path), to));
  return [...new Set(found.flatMap((each) => [each, ...reexportsOf(each)]))];
}

/** Sources in the repository, declarations in an installed package. */
function textOf(path: string): string {
  return readFileSync(existsSync(`${path}.ts`) ? `${path}.ts` : `${path}.d.ts`, 'utf8');
}

function documented(name: string, comment: readonly string[]): Documented {
  const lines = comment.map((line) =>
    line
      .replace('/**', '')
      .replace('*/', '')
      .replace(/^ \* ?/, ''),
  );
  const isCode = (line: string) => line.startsWith('    ');
  return {
    name,
    text: lines
      .filter((line) => !isCode(line))
      .map((line) => line.trim())
      .filter(Boolean)
      .join(' '),
    example: lines
      .filter(isCode)
      .map((line) => line.trim())
      .join('\n'),
  };
}
