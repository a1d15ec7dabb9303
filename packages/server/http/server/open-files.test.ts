import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { expect, test } from '@jest/globals';
import { readSettings } from '../settings/settings.ts';
import { openFilesOf } from './open-files.ts';

const LIMIT = 500;
/** Production requires a way to verify tokens. */
const TOKENS = {
  IDENTITY: 'jwt',
  JWKS_URL: 'http://127.0.0.1:1/jwks.json',
  JWT_ISSUER: 'https://login.internal',
  JWT_AUDIENCE: 'web',
};
/** Ends a server that does not end by itself. */
const HANGS_MS = 240_000;

test('each connection of a caller and of a service counts as an open file', () => {
  const filesOf = (environment: Record<string, string>) => openFilesOf(readSettings(environment, web));
  const base = { MAX_CONNECTIONS: '10', MEMBERS_CONNECTIONS: '20', LOANS_CONNECTIONS: '30', LIBRARY_CONNECTIONS: '40' };
  expect(filesOf(base)).toBeGreaterThan(100);
  expect(filesOf({ ...base, MAX_CONNECTIONS: '11' })).toBe(filesOf(base) + 1);
  expect(filesOf({ ...base, LOANS_CONNECTIONS: '31' })).toBe(filesOf(base) + 1);
});

test.each([
  ['production', '5000', existsSync('/proc/self/limits')],
  ['production', '100', false],
  ['development', '5000', false],
])(
  'in %s a server of %s connections warns of a lower limit of open files: %j',
  async (NODE_ENV, MAX_CONNECTIONS, warns) => {
    const output = await outputOf({ NODE_ENV, MAX_CONNECTIONS, METRICS: 'off' });
    expect(output.includes('too few open files for MAX_CONNECTIONS')).toBe(warns);
    expect(output.includes(`"limit":${LIMIT}`)).toBe(warns);
  },
);

/** What a server prints from its start to its end, with a limit of open files. */
async function outputOf(environment: Record<string, string>): Promise<string> {
  const parameters = ['-c', `ulimit -n ${LIMIT}; exec "$0" bffs/web/main.ts`, process.execPath];
  const env = { ...process.env, PORT: '0', DRAIN_MS: '0', ...TOKENS, ...environment };
  const child = spawn('sh', parameters, { cwd: FIXTURE, env, timeout: HANGS_MS, killSignal: 'SIGKILL' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (output.includes('listening on')) child.kill('SIGTERM');
    });
  }
  await once(child, 'close');
  return output;
}
