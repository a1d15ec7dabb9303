import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ensureData, openDatabase } from './database.ts';
import { DATA_VERSION, FULL_SIZE } from './generate.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'facet data ')));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const failAtFirstProgress = () =>
  jest.spyOn(process.stderr, 'write').mockImplementation(() => {
    throw new Error('the terminal is gone');
  });

const contentOf = (path: string) => readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'hex')]);

/** A file that is marked as made by this version of the generator. */
function writeDatabase(file: string, version = DATA_VERSION): void {
  using db = new DatabaseSync(file);
  db.exec(`CREATE TABLE meta (version INTEGER); INSERT INTO meta VALUES (${version})`);
}

test('the full data set takes the place of a file that is none', () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const file = join(folder, 'facet.sqlite');
  writeFileSync(file, 'no database');
  using db = openDatabase(file);
  const count = (table: string) => db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count'];
  expect({
    users: count('users'),
    products: count('products'),
    orders: count('orders'),
    promos: count('promos'),
  }).toEqual(FULL_SIZE);
  const statuses = db.prepare("SELECT DISTINCT body ->> 'status' AS status FROM orders ORDER BY status").all();
  expect(statuses.map((row) => row['status'])).toEqual(['cancelled', 'delivered', 'paid', 'pending', 'shipped']);
  expect(db.prepare('SELECT id FROM orders ORDER BY placedAt DESC').get()).toMatchObject({ id: 'o_7' });
  expect(readdirSync(folder)).toEqual(['facet.sqlite']);
});

test('a current file is opened as it is, and cannot be written', () => {
  const file = join(folder, 'facet.sqlite');
  writeDatabase(file);
  const before = statSync(file);
  using db = openDatabase(file);
  expect(() => db.exec('DELETE FROM meta')).toThrow('readonly');
  expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs, size: before.size });
});

// Generating takes seconds; that it begins, and what a failure leaves behind, shows at its first sign of progress.
test.each([
  ['no file', () => {}],
  ['an empty file', (file: string) => writeFileSync(file, '')],
  ['a corrupt file', (file: string) => writeFileSync(file, 'no database'.repeat(1_000))],
  ['a file of another version', (file: string) => writeDatabase(file, DATA_VERSION - 1)],
  ['a database of something else', (file: string) => new DatabaseSync(file).exec('CREATE TABLE other (id)')],
])('with %s, data is generated, and a failure changes nothing', (_what, prepare) => {
  failAtFirstProgress();
  const file = join(folder, 'facet.sqlite');
  prepare(file);
  const before = contentOf(folder);
  expect(() => openDatabase(file)).toThrow('the terminal is gone');
  expect(contentOf(folder)).toEqual(before);
});

test('folders that are not there are made', () => {
  failAtFirstProgress();
  expect(() => ensureData(join(folder, 'not', 'there', 'facet.sqlite'))).toThrow('the terminal is gone');
  expect(readdirSync(join(folder, 'not'))).toEqual(['there']);
});

test('the file is DATA_FILE, or in the project directory', () => {
  const project = join(folder, 'my projects');
  cpSync(join(ROOT, 'examples', 'services', 'data'), join(project, 'examples', 'services', 'data'), {
    recursive: true,
  });
  cpSync(join(ROOT, 'package.json'), join(project, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  const script = `import { dataFile } from './examples/services/data/database.ts'; process.stdout.write(dataFile())`;
  const fileWith = (environment: Record<string, string>) =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: project,
      env: environment,
      encoding: 'utf8',
    });
  expect(fileWith({})).toBe(join(project, '.data', 'facet.sqlite'));
  expect(fileWith({ DATA_FILE: '/elsewhere/data' })).toBe('/elsewhere/data');
});
