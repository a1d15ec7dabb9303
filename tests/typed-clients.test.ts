/** What a frontend outside the project makes of a client's package: docs/how-to/type-a-frontend.md, held to its word. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { complaintsOf } from '@facet/testing/internal/complaints.ts';
import { frontendOf } from '@facet/testing/internal/frontend.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bff as web } from '../bffs/web/bff.ts';
import { type ReferenceServices, startReferenceServices } from '../examples/testing/reference-services.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const guide = readFileSync(`${ROOT}docs/how-to/type-a-frontend.md`, 'utf8');
const [apollo = '', urql = ''] = Array.from(guide.matchAll(/```ts\n([\s\S]*?)```/g), ([, code]) => code);
const PACKAGES = [
  'graphql',
  '@graphql-typed-document-node/core',
  '@apollo/client',
  'rxjs',
  '@urql/core',
  '@urql/exchange-persisted',
];
const [, printed = ''] = /Both print\n\n```text\n([\s\S]*?)```/.exec(guide) ?? [];

function node(folder: string, ...args: string[]): Promise<{ readonly stdout: string }> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return promisify(execFile)(process.execPath, args, { cwd: folder, env });
}

let frontend: string;
beforeAll(() => {
  frontend = frontendOf('web', PACKAGES, ROOT);
});

test('the compiler accepts the code of the guide', () => {
  const folder = frontendOf('web', PACKAGES, ROOT);
  const codes = Array.from(guide.matchAll(/```ts\n([\s\S]*?)```/g), ([, code = '']) => code);
  expect(codes).toHaveLength(3);
  const complaints = complaintsOf(new Map(codes.map((code, index) => [`${folder}/guide-${index}.ts`, code])));
  expect(complaints).toEqual(codes.map(() => []));
});

describe('the guide', () => {
  let services: ReferenceServices;
  let running: RunningBff;
  let between: LocalService;

  beforeAll(async () => {
    services = await startReferenceServices();
    running = await startBff(web, services.urls, { DOCUMENTS: 'locked' });
    between = await startLocalService(async ({ method, url, headers, body }, response) => {
      const passedOn = Object.entries(headers).filter(([name]) => /^(x-|apollo-|content-type|accept$)/.test(name));
      const answer = await fetch(`${running.url}${url}`, {
        method,
        headers: Object.fromEntries(passedOn.map(([name, value]) => [name, String(value)])),
        ...(method === 'POST' && { body }),
      });
      response.writeHead(answer.status, { 'content-type': String(answer.headers.get('content-type')) });
      response.end(await answer.text());
    });
  });
  afterAll(async () => {
    await between[Symbol.asyncDispose]();
    await running[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  });

  test.each([
    { library: 'Apollo Client', code: apollo },
    { library: 'urql', code: urql },
  ])('asks with $library in ten lines, by id, of a server that is locked', async ({ code }) => {
    expect(code.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10);
    between.arrived.length = 0;
    writeFileSync(`${frontend}/main.ts`, code.replace('http://localhost:4002', between.url));
    const { stdout } = await node(frontend, 'main.ts');
    expect(stdout).toBe(printed);
    const [sent, ...more] = between.arrived;
    expect(more).toEqual([]);
    const text = `${decodeURIComponent(sent?.url ?? '')}${sent?.body}`;
    expect(text).toMatch(/"sha256Hash":"[0-9a-f]{64}"/);
    expect(text).not.toContain('__typename');
  });
});

test('a bundler takes the screens that a page asks for, and no others', async () => {
  writeFileSync(`${frontend}/page.ts`, urql);
  writeFileSync(`${frontend}/index.html`, '<script type="module" src="./page.ts"></script>\n');
  await node(frontend, `${ROOT}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'error', '--target', 'es2024');
  const [script = ''] = readdirSync(`${frontend}/dist/assets`);
  const bundled = readFileSync(`${frontend}/dist/assets/${script}`, 'utf8');
  expect(bundled).toContain('Dashboard');
  expect(bundled).not.toContain('OrderPage');
});
