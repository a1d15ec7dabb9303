import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { copyOfProject } from '../testing/project-copy.ts';

/** A project of which one bundle is built, with a package that is for development where it is not bundled: the page's. */
let copy: string;
beforeAll(() => {
  copy = copyOfProject();
  const { version } = JSON.parse(readFileSync(`${copy}node_modules/react/package.json`, 'utf8'));
  mkdirSync(`${copy}dist/web`, { recursive: true });
  writeFileSync(`${copy}dist/web/packages.json`, JSON.stringify([`react@${version}`]));
});

interface Advisory {
  readonly title: string;
  readonly severity: string;
}

/** What npm run audit says where the registry has these advisories of all versions, or answers otherwise. */
async function audit(answer: Readonly<Record<string, Advisory>> | RequestListener) {
  const server = createServer((request, response) => {
    if (typeof answer === 'function') answer(request, response);
    else if (request.url !== '/-/npm/v1/security/advisories/bulk') response.writeHead(404).end('{}');
    else {
      const advisories = Object.entries(answer).map(([name, { title, severity }], id) => [
        name,
        [{ id: id + 1, url: `https://advisories.example/${id}`, title, severity, vulnerable_versions: '*', cwe: [] }],
      ]);
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(Object.fromEntries(advisories)));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = { ...process.env, NODE_OPTIONS: '', npm_config_registry: registry, npm_config_fetch_retries: '0' };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['tools/audit.ts'], { cwd: copy, env });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { readonly code: number; readonly stdout: string; readonly stderr: string };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('it tells the holes of what is deployed, by production or in a bundle, and of nothing else', async () => {
  const { code, stdout } = await audit({
    undici: { title: 'a hole in what production needs', severity: 'high' },
    react: { title: 'a hole in what a bundle holds', severity: 'critical' },
    jest: { title: 'a hole in what is for development', severity: 'critical' },
    express: { title: 'a small hole', severity: 'moderate' },
  });
  expect(code).toBe(1);
  const lines = stdout.trim().split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/^undici@\S+, high: .*a hole in what production needs/));
  expect(lines).toContainEqual(expect.stringMatching(/^react@\S+, critical: .*a hole in what a bundle holds/));
  expect(stdout).not.toMatch(/^jest@|a small hole/m);
}, 120_000);

test('it says so where there is none', async () => {
  const { code, stdout } = await audit({ jest: { title: 'a hole in what is for development', severity: 'critical' } });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'No package that is deployed has a known hole of high severity or above.\n',
  });
}, 120_000);

test('a registry that has no advisories is not taken for one that knows of none', async () => {
  const { code, stdout, stderr } = await audit((_request, response) => response.writeHead(405).end());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^It cannot be told: .*405/);
}, 120_000);
