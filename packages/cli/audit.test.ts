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

test('lists the vulnerabilities of production dependencies and bundled packages only', async () => {
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

test('reports that there are no vulnerabilities', async () => {
  const { code, stdout } = await audit({ jest: { title: 'a hole in what is for development', severity: 'critical' } });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: 'No deployed package has a known vulnerability of high or critical severity.\n',
  });
});

test('fails with exit code 2 when the registry has no advisories endpoint', async () => {
  const { code, stdout, stderr } = await audit((_request, response) => response.writeHead(405).end());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^The audit failed: .*405/);
});

test('fails with exit code 2 when the registry cannot be reached', async () => {
  const { code, stderr } = await auditBy('http://127.0.0.1:9/');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^The audit failed: request to .* failed/),
  });
});

test.each([
  ['leaves dependencies for development out', { omit: 'dev' }],
  ['is offline as far as npm goes', { offline: 'true' }],
])('ignores npm configuration that %s', async (_what, settings) => {
  const { stdout } = await audit({ react: { title: 'a hole', severity: 'high' } }, settings);
  expect(stdout).toMatch(/^react@/m);
});

describe('exit code 3, with the reason', () => {
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
    ['a bundle has no list of its packages', () => rmSync(list()), /dist\/web\/packages\.json is missing/],
    [
      'a bundle has a package that the lock file does not list',
      () => writeFileSync(list(), '["react@0.0.1"]'),
      /package-lock\.json does not list react@0\.0\.1, which is in web/,
    ],
  ])('%s', async (_what, breakIt, message) => {
    breakIt();
    const { code, stdout, stderr } = await audit({});
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
