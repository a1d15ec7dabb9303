import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { bookService, readerSettings } from '@facet/testing/internal/reader.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README = readFileSync(new URL('README.md', import.meta.url), 'utf8');

/** The code blocks that have a file name: ```ts bff.ts */
const FILES = Array.from(README.matchAll(/^```ts (\S+)\n(.*?)^```$/gms), ([, name = '', text = '']) => ({
  name,
  text,
}));

let directory: string;
let service: LocalService;
beforeAll(async () => {
  mkdirSync(`${ROOT}.data`, { recursive: true });
  // Below the project, so that the packages are found.
  directory = mkdtempSync(`${ROOT}.data/readme-`);
  for (const { name, text } of FILES) writeFileSync(`${directory}/${name}`, text);
  writeFileSync(
    `${directory}/extended-main.ts`,
    "import { start } from '@facet/server/start';\nawait start(() => import('./extended.ts'));\n",
  );
  service = await startLocalService(bookService);
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await service[Symbol.asyncDispose]();
});

/** Runs a file of the README until it listens, passes its URL on, and stops it. */
async function whileRunning(file: string, use: (url: string) => Promise<void>): Promise<void> {
  const env = {
    ...process.env,
    ...readerSettings(service.url),
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    PORT: '0',
    NODE_OPTIONS: '',
  };
  const child = spawn(process.execPath, [file], { cwd: directory, env });
  let output = '';
  const port = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        const said = /\bport"?: ?(\d+)/.exec(output)?.[1];
        if (said !== undefined) resolve(said);
      });
    }
    child.once('exit', () => reject(new Error(output)));
  });
  try {
    await use(`http://localhost:${await port}`);
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

const CALLER = { 'x-reader-id': 'r_1', 'content-type': 'application/json' };
const ask = async (url: string, headers: Record<string, string> = {}) => {
  const body = JSON.stringify({ query: '{ book(id: "b_1") { title publishedAt } }' });
  const response = await fetch(url, { method: 'POST', headers: { ...CALLER, ...headers }, body });
  return { status: response.status, body: await response.json() };
};
const EMMA = { status: 200, body: { data: { book: { title: 'Emma', publishedAt: '1815-12-23T00:00:00Z' } } } };

describe('the examples of the README', () => {
  test('run as a server', () =>
    whileRunning('main.ts', async (url) => {
      expect(await ask(`${url}/graphql`)).toEqual(EMMA);
    }));

  test('run in an Express app', () =>
    whileRunning('host.ts', async (url) => {
      expect(await (await fetch(url)).text()).toBe('the host');
      expect(await ask(`${url}/reader/graphql`)).toEqual(EMMA);
    }));

  test('run with all extension points', () =>
    whileRunning('extended-main.ts', async (url) => {
      const { body } = await ask(`${url}/graphql`);
      expect(body).toEqual({ data: { book: { title: 'Emma', publishedAt: '1815-12-23' } } });
      const rejected = await ask(`${url}/graphql`, { 'x-app-version': '1' });
      expect(rejected).toMatchObject({ status: 403, body: { errors: [{ extensions: { code: 'APP_TOO_OLD' } }] } });
      expect(await (await fetch(`${url}/version`)).json()).toEqual({ version: 7 });
    }));
});
