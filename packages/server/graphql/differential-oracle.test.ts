import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test.each(CLIENTS)(
  'graphql-jit and graphql-js agree on $client: on its screens, and on whatever can be asked',
  async ({ client }) => {
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const options = { cwd: ROOT, env: environment };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['packages/testing/differential-oracle.ts', client],
      options,
    );
    // Without this, the two could agree because one of them hardly ran.
    expect(JSON.parse(stdout).compiled).toBeGreaterThan(150);
  },
);
