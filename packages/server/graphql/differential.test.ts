import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** DIFFERENTIAL_SEED and DIFFERENTIAL_SCHEMAS select other and more schemas: 250 schemas have about 5,000 operations. */
const { DIFFERENTIAL_SEED = '1', DIFFERENTIAL_SCHEMAS = '250' } = process.env;

test('first and later executions respond with the bytes of graphql-js, over random schemas', async () => {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const script = ['packages/testing/differential.ts', DIFFERENTIAL_SEED, DIFFERENTIAL_SCHEMAS];
  // A failure prints the seed, the document, and both responses.
  const { stdout } = await promisify(execFile)(process.execPath, script, { cwd: ROOT, env: environment });
  const { compared, withErrors, ...features } = JSON.parse(stdout);
  // A schema has 20 operations, of which some are invalid.
  expect(compared).toBeGreaterThan(Number(DIFFERENTIAL_SCHEMAS) * 16);
  // Without these, the engines could agree because nothing failed.
  expect(withErrors).toBeGreaterThan(compared / 5);
  for (const [feature, count] of Object.entries(features)) {
    expect({ feature, isRare: Number(count) < compared / 50 }).toEqual({ feature, isRare: false });
  }
});
