import { globSync, readFileSync } from 'node:fs';
import { Instrumenter } from '@stryker-mutator/instrumenter';

/** One change to a source file. */
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
  /** Stryker's mutator name, such as ConditionalExpression. */
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Instrumented {
  /** Source texts by file, with a switch for every mutant. */
  readonly texts: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
}

/**
 * Inserts all mutants into the texts of `files` (a map to their areas). The environment variable __STRYKER_ACTIVE_MUTANT__ activates
 * one mutant, and `__stryker__.mutantCoverage` counts the executed ones.
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

/** Excludes mutants of messages: a string with a space is prose, which tests should not repeat. */
const isBehaviour = ({ mutator, original }: Mutant): boolean => mutator !== 'StringLiteral' || !original.includes(' ');

/** Converts a line and column, both starting at 0, to an offset. */
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

/** The areas of the code base that mutants are drawn from, with the globs of their source files. */
export const AREAS: Readonly<Record<string, readonly string[]>> = {
  fetching: [
    'packages/server/downstream/*.ts',
    'packages/server/downstream/{batching,http,policies}/*.ts',
    'packages/server/request/*.ts',
  ],
  caching: ['packages/server/downstream/cache/**/*.ts'],
  execution: ['packages/server/graphql/*.ts', 'packages/server/graphql/fields/*.ts'],
  analysis: ['packages/server/graphql/analysis/*.ts', 'packages/cli/impact/*.ts'],
  identity: ['packages/server/http/identity/*.ts', 'packages/server/http/settings/identity.ts'],
};

/** All source files of the areas, with their area. Excludes tests and generated files. */
export function sourceFiles(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [area, globs] of Object.entries(AREAS)) {
    for (const file of globSync([...globs], { cwd: root })) {
      if (!/\.(test|generated|types)\.ts$/.test(file)) files.set(file, area);
    }
  }
  return files;
}
