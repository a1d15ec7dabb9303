import { existsSync, readFileSync } from 'node:fs';
import type { Mutant } from './instrument.ts';

/** A mutant that no test can notice, or need not, and why. Its place is known by the text of its line, since lines move. */
export interface Equivalent {
  readonly file: string;
  /** The line that it is in, without white space around it. */
  readonly line: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

const FILE = new URL('equivalents.json', import.meta.url);

export function equivalents(): readonly Equivalent[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Equivalent[]) : [];
}

export function reasonFor(known: readonly Equivalent[], mutant: Mutant): string | undefined {
  return known.find(
    ({ file, line, original, replacement }) =>
      file === mutant.file &&
      line === mutant.lineText &&
      squeezed(original) === squeezed(mutant.original) &&
      squeezed(replacement) === squeezed(mutant.replacement),
  )?.reason;
}

const squeezed = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
