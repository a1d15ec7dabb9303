import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withTakenPorts } from '@facet/cli/internal/start/deployables.ts';
import { howToGet, needs } from '@facet/testing/internal/debian-packages.ts';
import { afterEach, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Avoids the ports of a system that may be running on this machine. */
const OFFSET = 21_000;

/** No page of another origin can send it, so that a GET is answered. */
const PREFLIGHTED = { 'apollo-require-preflight': 'yes' };

let system: ChildProcess | undefined;
const other = createServer();
afterEach(() => {
  system?.kill('SIGTERM');
  other.close();
});

function start(): { child: ChildProcess; printed: (until: RegExp) => Promise<string>; exit: Promise<number> } {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const child = spawn(process.execPath, ['packages/cli/start.ts'], {
    cwd: ROOT,
    env: { ...environment, PORT_OFFSET: String(OFFSET) },
  });
  system = child;
  let output = '';
  const printed = (until: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (until.test(output)) resolve(output);
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          look();
        });
      }
      child.once('close', () => reject(new Error(output)));
    });
  return { child, printed, exit: once(child, 'close').then(([code]) => code) };
}

const withCurl = async () => {
  const { child, printed, exit } = start();
  const output = await printed(/Ctrl-C stops all processes/);
  const curls = output.match(/^curl .*$/gm) ?? [];
  expect(curls).toHaveLength(3);
  for (const curl of curls) {
    const { stdout } = await promisify(execFile)('sh', ['-c', curl]);
    const { data, errors } = JSON.parse(stdout);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).not.toContain('null');
  }
  const pages =
    output.match(/^ {2}(web-dashboard|mobile-home) +http:\S+/gm)?.map((line) => line.split(/\s+/)[2] ?? '') ?? [];
  expect(pages).toEqual([5001, 5002].map((port) => `http://localhost:${port + OFFSET}`));
  for (const page of pages) {
    expect(await (await fetch(page)).text()).toContain('<script type="module"');
    const asked = await fetch(`${page}/graphql?query={__typename}`, {
      headers: { ...PREFLIGHTED, 'X-User-Id': 'u_42' },
    });
    expect(await asked.json()).toEqual({ data: { __typename: 'Query' } });
  }
  child.kill('SIGINT');
  expect(await exit).toBe(0);
  const ports = [3001, 3002, 3003, 4001, 4002, 4003, 5001, 5002].map((port) => ({ port: port + OFFSET }));
  expect(await withTakenPorts(ports)).toEqual([]);
};
if (needs('curl') === undefined) test.todo(howToGet('curl'));
else test('npm start runs the whole system: its curls answer, and Ctrl-C ends it all', withCurl, 120_000);

test('npm start reports a port in use and starts nothing', async () => {
  other.listen(4002 + OFFSET);
  await once(other, 'listening');
  const { printed, exit } = start();
  expect(await printed(/Ports already in use: 25002 \(web\)/)).not.toContain('Facet is ready');
  expect(await exit).toBe(1);
});
