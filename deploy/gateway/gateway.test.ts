import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { NO_HAPROXY, serversConfig } from '@facet/cli/internal/gateway/haproxy.ts';
import { startBff } from '@facet/testing/internal/bff.ts';
import { howToGet, needs } from '@facet/testing/internal/debian-packages.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CLIENTS } from '../../examples/testing/clients.ts';
import { startReferenceServices } from '../../examples/testing/reference-services.ts';
import { testedHaproxy } from './testing/gateway.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const haproxy = testedHaproxy();

test('writes a backend per client with its processes', () => {
  expect(serversConfig({ mobile: ['127.0.0.1:4001', 'mobile-2.internal:80'], web: [] })).toBe(
    'backend mobile from bff\n  server mobile-1 127.0.0.1:4001\n  server mobile-2 mobile-2.internal:80\n\nbackend web from bff\n',
  );
});

describe('npm run gateway', () => {
  const run = runsScripts(ROOT);

  test('explains how to install HAProxy when it is missing', async () => {
    const { exitCode, output } = await run('packages/cli/gateway.ts', { HAPROXY: '/nowhere/haproxy' }).ended;
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: `${NO_HAPROXY}\n` });
  });
});

if (haproxy === undefined) test.todo(NO_HAPROXY);
else if (needs('curl') === undefined) test.todo(howToGet('curl'));
else describe('npm run gateway, where HAProxy is', behind);

function behind(): void {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGTERM');
  });

  /** Starts it; what it prints until it is ready, and how it ends. */
  function start(environment: Record<string, string>) {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const child = spawn(process.execPath, ['packages/cli/gateway.ts'], {
      cwd: ROOT,
      env: { ...inherited, ...environment },
    });
    started.push(child);
    let output = '';
    const ended = once(child, 'close').then(([exitCode]) => ({ exitCode, output }));
    const printed = new Promise<string>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          if (output.includes('Ctrl-C stops it.')) resolve(output);
        });
      }
      void ended.then(() => reject(new Error(output)));
    });
    // Not everybody asks for it.
    printed.catch(() => {});
    return { child, printed, ended };
  }

  test('prints curl commands that work, and stops on Ctrl-C', async () => {
    await using services = await startReferenceServices();
    const port = await freePort();
    const environment: Record<string, string> = { GATEWAY_PORT: String(port) };
    await using bffs = new AsyncDisposableStack();
    for (const bff of CLIENTS) {
      const { url } = bffs.use(await startBff(bff, services.urls));
      environment[`${bff.client.toUpperCase()}_SERVERS`] = url.slice('http://'.length);
    }
    const { child, printed, ended } = start(environment);
    const output = await printed;
    expect(output).not.toContain('not running');
    const curls = output.match(/^curl .*$/gm) ?? [];
    expect(curls).toHaveLength(3);
    for (const curl of curls) {
      expect(curl).toContain(`localhost:${port}/`);
      const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
      const { data, errors } = JSON.parse(stdout);
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).not.toContain('null');
    }
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(0);
  });

  test('reports BFFs that are not running, and a port in use', async () => {
    const port = await freePort();
    const nobody = `127.0.0.1:${await freePort()}`;
    const servers = { MOBILE_SERVERS: nobody, WEB_SERVERS: nobody, PARTNER_SERVERS: nobody };
    const first = start({ GATEWAY_PORT: String(port), ...servers });
    expect(await first.printed).toContain(`${nobody} (not running; start it: npm start)`);
    const second = await start({ GATEWAY_PORT: String(port), ...servers }).ended;
    expect(second.exitCode).toBe(1);
    expect(second.output).toContain(`Port ${port} is already in use.`);
  });
}
