/**
 * The packages know none of the shop's words: where the shop renames its orders to bookings, in paths and in texts, no file of packages/
 * changes. The renamed project is generated, compiled and checked with the packages as they are.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { copyOfProject } from '@facet/testing/internal/project-copy.ts';
import { beforeAll, describe, expect, test } from '@jest/globals';

const LIMIT_MS = 1_800_000;
const SHOP = ['bffs', 'shared', 'schemas', 'examples', 'facet.config.ts', 'codegen.yml'];

/** `ORDER BY` is SQL's, and a border is none. */
const renamed = (text: string): string =>
  text
    .replaceAll(/(?<![a-zA-Z])order/g, 'booking')
    .replaceAll('Order', 'Booking')
    .replaceAll('ORDERS', 'BOOKINGS');

/** Renames in the texts and names of a file, or of all that is in a directory. */
function rename(path: string): void {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) rename(join(path, name));
  else writeFileSync(path, renamed(readFileSync(path, 'utf8')));
  const name = renamed(basename(path));
  if (name !== basename(path)) renameSync(path, join(dirname(path), name));
}

describe('a project whose orders are bookings', () => {
  let copy: string;
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: copy, env: environment });

  beforeAll(() => {
    copy = copyOfProject();
    for (const path of SHOP) rename(copy + path);
    // Generated files are made anew.
    const generated = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /^(bffs|shared)\/.*\.generated\./.test(path) && !path.includes('node_modules'),
    );
    for (const path of generated) rmSync(copy + path);
    const config = { extends: './tsconfig.json', include: ['bffs', 'shared', 'packages', 'facet.config.ts'] };
    writeFileSync(`${copy}tsconfig.renamed.json`, JSON.stringify(config));
  });

  test(
    'is generated, compiles, and keeps to its budgets',
    async () => {
      expect(existsSync(`${copy}shared/bookings/openapi.yaml`)).toBe(true);
      await node('packages/cli/facet.ts', 'generate');
      expect(readFileSync(`${copy}shared/bookings/rest.generated.ts`, 'utf8')).toContain('export interface Booking ');
      await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.renamed.json');
      const { stdout } = await node('packages/cli/facet.ts', 'check');
      expect(stdout).toMatch(/BookingPage/);
      expect(stdout).not.toMatch(/order/i);
    },
    LIMIT_MS,
  );
});
