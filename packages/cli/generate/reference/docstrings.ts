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

const EXPORT = /^\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:declare )?(?:async )?(?:function|const) (\w+)/gm;
const REEXPORT = /^(?:export|\}).* from '(\.[^']*?)(?:\.d)?\.[jt]s';$/gm;

/** What a file exports with a docstring. `path` has no extension. */
export function docstringsIn(path: string): Documented[] {
  return Array.from(textOf(path).matchAll(EXPORT), ([, comment = '', name = '']) => documented(name, comment));
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

function documented(name: string, comment: string): Documented {
  const lines = comment.split('\n').map((line) => line.replace(/^ *\*? ?/, ''));
  const isCode = (line: string) => line.startsWith('    ');
  const prose = lines.filter((line) => !isCode(line));
  return {
    name,
    text: prose.join(' ').replaceAll(/\s+/g, ' ').trim(),
    example: lines
      .filter(isCode)
      .map((line) => line.trim())
      .join('\n'),
  };
}
