import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { check, type Diagnostics } from 'recheck';
import type { Pattern } from './collect.ts';

/**
 * Bounds that do not depend on the speed of the machine: an expression that cannot be proven linear is attacked with texts of up to 10,000
 * characters, and passes if none costs more than 10 million steps.
 */
const BOUNDS = {
  timeout: 120_000,
  attackTimeout: null,
  incubationTimeout: null,
  attackLimit: 10_000_000,
  maxAttackStringSize: 10_000,
} as const;

/** Judges regular expressions. Verdicts do not change, so that a file remembers those that are safe from one run to the next. */
export class Judge {
  readonly #file: string;
  readonly #safe: Set<string>;

  constructor(file: string) {
    this.#file = file;
    this.#safe = new Set(remembered(file));
  }

  /** What is wrong with an expression; undefined if it takes linear time. */
  async problemOf({ source, flags }: Pattern): Promise<string | undefined> {
    const key = JSON.stringify([BOUNDS, source, flags]);
    if (this.#safe.has(key)) return undefined;
    const diagnostics = await check(source, flags, BOUNDS);
    if (diagnostics.status !== 'safe') return inWords(diagnostics);
    this.#safe.add(key);
    return undefined;
  }

  remember(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify([...this.#safe]));
  }
}

function remembered(file: string): string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as string[];
  } catch {
    return [];
  }
}

function inWords(diagnostics: Exclude<Diagnostics, { readonly status: 'safe' }>): string {
  const { source, flags } = diagnostics;
  if (diagnostics.status === 'unknown') return `/${source}/${flags} cannot be checked (${diagnostics.error.kind})`;
  const { complexity, attack } = diagnostics;
  return `/${source}/${flags} takes more than linear time (${complexity.summary}), for example for ${attack.pattern}`;
}
