import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { listening } from './listening.ts';
import { copyOfPackages } from './project-copy.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGES = ['server', 'cli', 'sandbox', 'testing'];

const BFF = `import { createServer } from 'node:http';
import { arg, defineBff, defineServices, list, load } from '@facet/server';

const document = { maxItems: { '/newest': { '': 5 } }, properties: {} };
const { services, batchOf, listOf } = defineServices({ books: { url: 'http://localhost:9', document } });
const books = batchOf()({ service: 'books', path: '/books', rowKey: 'id', public: true });
const newest = listOf()({ service: 'books', path: '/newest', rowKey: 'id', public: true });

export const bff = defineBff({
  client: 'reader',
  port: 4000,
  identity: { header: 'X-Member-Id', exampleId: 'm_1' },
  services,
  schema: 'type Query { book(id: ID!): Book  newest: [Book!] }  type Book { id: ID!  title: String!  sequel: Book }',
  resolvers: {
    Query: { book: load(books, arg('id')), newest: list(newest) },
    Book: { sequel: load(books, 'sequelId') },
  },
});
`;

describe('the packed packages, in an empty directory', () => {
  let place: string;

  beforeAll(() => {
    const copy = copyOfPackages();
    place = `${mkdtempSync(`${tmpdir()}/facet-packed-`)}/`;
    mkdirSync(`${place}node_modules/@facet`, { recursive: true });
    // What npm would install beside them.
    for (const name of readdirSync(`${ROOT}node_modules`)) {
      if (!name.startsWith('.') && name !== '@facet') {
        symlinkSync(`${ROOT}node_modules/${name}`, `${place}node_modules/${name}`);
      }
    }
    for (const name of PACKAGES) {
      const target = `${place}node_modules/@facet/${name}`;
      mkdirSync(target);
      const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', place], {
        cwd: `${copy}packages/${name}`,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, PATH: `${copy}node_modules/.bin:${process.env['PATH']}`, NODE_OPTIONS: '' },
      });
      const [{ filename }] = JSON.parse(packed);
      execFileSync('tar', ['xzf', `${place}${filename}`, '-C', target, '--strip-components=1']);
    }
    writeFileSync(`${place}package.json`, '{ "type": "module" }');
  });

  test('run a BFF of twenty lines', async () => {
    const service = createServer((request, response) => {
      const { searchParams, pathname } = new URL(request.url ?? '', 'http://books');
      const ids = pathname === '/newest' ? ['b_1'] : (searchParams.get('ids') ?? '').split(',');
      const rows = ids.map((id) => ({ id, title: `Book ${id}`, sequelId: 'b_2' }));
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(rows));
    });
    await using books = await listening(service);
    writeFileSync(`${place}bff.js`, BFF);
    writeFileSync(
      `${place}main.js`,
      "import { start } from '@facet/server/start';\nawait start(() => import('./bff.js'));\n",
    );
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const env = { ...inherited, PORT: '0', BOOKS_URL: `http://127.0.0.1:${books.port}` };
    const child = spawn(process.execPath, ['main.js'], { cwd: place, env });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let output = '';
        const note = (chunk: Buffer) => {
          output += chunk;
          const [found] = /http:\/\/localhost:\d+/.exec(output) ?? [];
          if (found) resolve(found);
        };
        child.stdout.on('data', note);
        child.stderr.on('data', note);
        child.on('close', () => reject(new Error(output)));
      });
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Member-Id': 'm_1' },
        body: JSON.stringify({ query: '{ newest { title sequel { title } } book(id: "b_7") { title } }' }),
      });
      expect(await response.json()).toEqual({
        data: { newest: [{ title: 'Book b_1', sequel: { title: 'Book b_2' } }], book: { title: 'Book b_7' } },
      });
    } finally {
      child.kill();
    }
  });

  test('have declarations: a wrong name does not compile', () => {
    writeFileSync(
      `${place}right.ts`,
      "import { defineServices } from '@facet/server';\nexport const { batchOf } = defineServices({ books: { url: 'http://x' } });\nexport const books = batchOf<{ readonly id: string }>()({ service: 'books', path: '/books', rowKey: 'id' });\n",
    );
    writeFileSync(
      `${place}wrong.ts`,
      "import { batchOf } from './right.ts';\nexport const books = batchOf<{ readonly id: string }>()({ service: 'boks', path: '/books', rowKey: 'id' });\n",
    );
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--allowImportingTsExtensions',
    ];
    const compile = (file: string) =>
      execFileSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, ...options, file], {
        cwd: place,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(compile('right.ts')).toBe('');
    expect(() => compile('wrong.ts')).toThrow();
  });

  test('run the facet command, and do not open what is not exported', () => {
    const node = (...args: string[]) =>
      execFileSync(process.execPath, args, {
        cwd: place,
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, NODE_OPTIONS: '' },
      });
    expect(node('node_modules/@facet/cli/dist/facet.js', '--help')).toContain('Usage: facet COMMAND');
    expect(() => node('--input-type=module', '--eval', "import '@facet/server/dist/index.js'")).toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });
});
