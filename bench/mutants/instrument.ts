import { readFileSync } from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';

/** One change to one place of a source file. */
export interface Mutant {
  /** Identifies the mutant in the instrumented files of one run. */
  readonly id: string;
  readonly area: string;
  readonly file: string;
  /** Offsets into the file, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** The text of that line, trimmed. */
  readonly lineText: string;
  /** Stryker's name of the kind of change, such as ConditionalExpression. */
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Instrumented {
  /** Source texts in which every mutant is behind a switch, by file. */
  readonly texts: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
}

/**
 * Puts all mutants of `files` (each with its area) into their texts at once. The environment variable
 * __STRYKER_ACTIVE_MUTANT__ switches one of them on, and `__stryker__.mutantCoverage` counts which ones are reached.
 */
export async function instrument(root: string, files: ReadonlyMap<string, string>): Promise<Instrumented> {
  const sources = new Map([...files.keys()].map((file) => [file, readFileSync(`${root}/${file}`, 'utf8')]));
  const instrumenter = new Instrumenter(SILENT);
  const result = await instrumenter.instrument(
    Array.from(sources, ([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, ignorers: [], excludedMutations: [] },
  );
  const mutants = result.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
    const source = sources.get(fileName) ?? '';
    const start = offsetOf(source, location.start);
    const end = offsetOf(source, location.end);
    return {
      id,
      area: files.get(fileName) ?? '',
      file: fileName,
      start,
      end,
      line: location.start.line + 1,
      lineText: (source.split('\n')[location.start.line] ?? '').trim(),
      mutator: mutatorName,
      original: source.slice(start, end),
      replacement,
    };
  });
  return {
    texts: new Map(result.files.map(({ name, content }) => [name, content])),
    mutants: mutants.filter(isBehaviour),
  };
}

/** Mutants of messages for people are left out: a string with a space in it is prose, and tests should not repeat prose. */
const isBehaviour = ({ mutator, original }: Mutant): boolean => mutator !== 'StringLiteral' || !original.includes(' ');

/** Lines and columns count from 0. */
function offsetOf(text: string, { line, column }: { readonly line: number; readonly column: number }): number {
  let offset = 0;
  for (let passed = 0; passed < line; passed += 1) offset = text.indexOf('\n', offset) + 1;
  return offset + column;
}

const nothing = () => undefined;
const no = () => false;

const SILENT = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};
