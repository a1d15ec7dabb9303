import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { DATA_VERSION, FULL_SIZE, generate, type Size } from './generate.ts';
import { progressBar } from './progress.ts';

/** Default data file. */
export const DEFAULT_FILE = fileURLToPath(new URL('../../../.data/facet.sqlite', import.meta.url));

/** The data file: DATA_FILE, or .data/facet.sqlite of the project. */
export const dataFile = (): string => process.env['DATA_FILE'] || DEFAULT_FILE;

/** Opens the data read-only, after generating the file if it is missing or outdated. */
export function openDatabase(file = dataFile()): DatabaseSync {
  ensureData(file);
  return new DatabaseSync(file, { readOnly: true });
}

/** A database of the given size in memory, for tests. */
export function memoryDatabase(size: Size): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  generate(db, size);
  return db;
}

/** Generates the data file atomically: writes a temporary file and renames it. */
export function ensureData(file = dataFile()): void {
  if (isCurrent(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  rmSync(unfinished, { force: true });
  try {
    const db = new DatabaseSync(unfinished);
    try {
      db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;');
      generate(db, FULL_SIZE, progressBar('Generating data'));
    } finally {
      db.close();
    }
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function isCurrent(file: string): boolean {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return db.prepare('SELECT version FROM meta').get()?.['version'] === DATA_VERSION;
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}
