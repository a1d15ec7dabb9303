import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test.each(CLIENTS)(
  'plans respond with the bytes of graphql-js on $client: to its screens, and to random queries',
  async ({ client }) => {
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const options = { cwd: ROOT, env: environment };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['packages/testing/differential-oracle.ts', client],
      options,
    );
    const { compared, withErrors } = JSON.parse(stdout);
    // Without these, the two could agree because nothing was compared or nothing failed.
    expect(compared).toBeGreaterThan(600);
    expect(withErrors).toBeGreaterThan(compared / 10);
    expect(withErrors).toBeLessThan(compared * 0.9);
  },
);
