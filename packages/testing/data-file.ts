import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { generate } from './fixture/services/data/generate.ts';

/** Path of a new file with data for the reference services, quick to make. */
export function smallDataFile(): string {
  const file = `${mkdtempSync(`${tmpdir()}/facet-data-`)}/data.sqlite`;
  const db = new DatabaseSync(file);
  generate(db, { users: 50, products: 20, orders: 40, promos: 5 });
  db.close();
  return file;
}
