import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { copyOfFixture } from '@facet/testing/internal/project-copy.ts';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

/** A project of which one bundle is built, with a package that is for development where it is not bundled: the page's. */
let copy: string;
beforeAll(() => {
  copy = copyOfFixture();
  const { version } = JSON.parse(readFileSync(`${copy}node_modules/react/package.json`, 'utf8'));
  mkdirSync(`${copy}dist/web`, { recursive: true });
  writeFileSync(`${copy}dist/web/packages.json`, JSON.stringify([`react@${version}`]));
});

interface Advisory {
  readonly title: string;
  readonly severity: string;
}

/** What npm run audit says where the registry has these advisories of all versions, or answers otherwise. */
async function audit(
  answer: Readonly<Record<string, Advisory>> | RequestListener,
  settings?: Readonly<Record<string, string>>,
) {
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
  try {
    return await auditBy(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, settings);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** What npm run audit says with the registry at this address. */
async function auditBy(registry: string, settings: Readonly<Record<string, string>> = {}) {
  const npm = { registry, fetch_retries: '0', cache: `${copy}.npm-cache`, ...settings };
  const settingsOfNpm = Object.entries(npm).map(([name, value]) => [`npm_config_${name}`, value]);
  const env = { ...process.env, NODE_OPTIONS: '', ...Object.fromEntries(settingsOfNpm) };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['packages/cli/audit.ts'], {
      cwd: copy,
      env,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { readonly code: number; readonly stdout: string; readonly stderr: string };
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
});

test('it says so where there is none', async () => {
  const { code, stdout } = await audit({ jest: { title: 'a hole in what is for development', severity: 'critical' } });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'No package that is deployed has a known hole of high severity or above.\n',
  });
});

test('a registry that has no advisories is not taken for one that knows of none', async () => {
  const { code, stdout, stderr } = await audit((_request, response) => response.writeHead(405).end());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^It cannot be told: .*405/);
});

test('nor is one that is not there', async () => {
  const { code, stderr } = await auditBy('http://127.0.0.1:9/');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^It cannot be told: request to .* failed/),
  });
});

test.each([
  ['leaves dependencies for development out', { omit: 'dev' }],
  ['is offline as far as npm goes', { offline: 'true' }],
])('what npm is set to does not matter: it %s', async (_what, settings) => {
  const { stdout } = await audit({ react: { title: 'a hole', severity: 'high' } }, settings);
  expect(stdout).toMatch(/^react@/m);
});

describe('that it cannot be told is never that there is nothing, and not the registry’s fault', () => {
  const list = () => `${copy}dist/web/packages.json`;
  let had: string;
  beforeEach(() => {
    had = readFileSync(list(), 'utf8');
  });
  afterEach(() => {
    rmSync(`${copy}dist`, { recursive: true, force: true });
    mkdirSync(`${copy}dist/web`, { recursive: true });
    writeFileSync(list(), had);
  });

  test.each([
    ['nothing is built', () => rmSync(`${copy}dist`, { recursive: true }), /Nothing is built: npm run build/],
    ['a bundle does not say what it holds', () => rmSync(list()), /There is no .*dist\/web\/packages\.json/],
    [
      'a bundle holds what the lock file does not have',
      () => writeFileSync(list(), '["react@0.0.1"]'),
      /package-lock\.json has not react@0\.0\.1 of web/,
    ],
  ])('%s', async (_what, breakIt, message) => {
    breakIt();
    const { code, stdout, stderr } = await audit({});
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
