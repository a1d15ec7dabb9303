import { existsSync, readFileSync } from 'node:fs';
import type { Mutant } from './instrument.ts';

/** A mutant that tests cannot or need not detect, with the reason. Identified by the text of its line, because line numbers change. */
export interface Equivalent {
  readonly file: string;
  /** The text of its line, trimmed. */
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
      collapsed(original) === collapsed(mutant.original) &&
      collapsed(replacement) === collapsed(mutant.replacement),
  )?.reason;
}

const collapsed = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
