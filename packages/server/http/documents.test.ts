import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { type Answer, type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { readManifests, readScreens } from '../graphql/screens.ts';
import { countAdHoc } from './documents/ad-hoc-use.ts';

const HOME = readFileSync(`${FIXTURE}bffs/mobile/screens/Home.graphql`, 'utf8');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const UNKNOWN = sha256('unknown');

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

async function post(running: RunningBff, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  return readAnswer(
    await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Member-Id': 'm_42', 'X-Branch-Id': 'pt_1', ...headers },
      body: JSON.stringify(body),
    }),
  );
}

const STRICT = { accept: 'application/graphql-response+json' };
const refused = (code: string, status = 400) => ({ status, errors: [{ extensions: { code } }] });

describe('a registered document', () => {
  const persistedQuery = (text: string) => ({
    extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } },
  });
  const withTypenames = HOME.trimEnd()
    .replaceAll(/(\n +)(lentAt|endsAt)(?=\n)/g, '$&$1__typename')
    .replace(/\n {4}\}\n {2}\}/, '\n    }\n    __typename\n  }');

  test.each([
    { by: 'its id', body: { documentId: sha256(HOME) } },
    { by: 'its id that says what it is', body: { documentId: `sha256:${sha256(HOME)}` } },
    { by: 'its id in capitals', body: { documentId: sha256(HOME).toUpperCase() } },
    { by: 'its id, told twice', body: { documentId: sha256(HOME), ...persistedQuery(HOME) } },
    { by: 'its text', body: { query: HOME } },
    { by: 'its text as a library prints it', body: { query: HOME.replaceAll(/\s+/g, ' ') } },
    { by: 'its hash', body: persistedQuery(HOME) },
    { by: 'its text and id', body: { query: HOME, documentId: sha256(HOME) } },
  ])('is found by $by where nothing else is', async ({ body }) => {
    await using running = await startBff(mobile, services.urls, { DOCUMENTS: 'locked' });
    expect(await post(running, body)).toMatchObject({
      status: 200,
      data: { home: { greeting: 'Hi Ada' } },
      errors: [],
    });
  });

  test('with __typename answers it', async () => {
    await using running = await startBff(mobile, services.urls, { DOCUMENTS: 'locked' });
    expect(withTypenames).toContain('__typename');
    const { data } = await post(running, { query: withTypenames });
    expect(data.home).toMatchObject({ __typename: 'Home', recentLoans: [{ __typename: 'LoanCard' }, {}, {}] });
    expect(await post(running, persistedQuery(withTypenames))).toMatchObject({ status: 200, errors: [] });
  });

  test('is not what differs from it', async () => {
    await using running = await startBff(mobile, services.urls, { DOCUMENTS: 'locked' });
    const other = HOME.replace('greeting', 'hello: greeting');
    expect(await post(running, { query: other }, STRICT)).toMatchObject(refused('SCREEN_NOT_FOUND'));
    expect(await post(running, { query: '{ __schema { types { name } } }' }, STRICT)).toMatchObject(
      refused('SCREEN_NOT_FOUND'),
    );
    expect(await post(running, { query: other })).toMatchObject(refused('SCREEN_NOT_FOUND', 200));
    expect(await post(running, { documentId: sha256(HOME), operationName: 'Other' }, STRICT)).toMatchObject(
      refused('OPERATION_RESOLUTION_FAILURE'),
    );
  });

  test.each(['open', 'locked'])('is not what its hash is not of, %s or not', async (DOCUMENTS) => {
    await using running = await startBff(mobile, services.urls, { DOCUMENTS });
    const wrong = { extensions: { persistedQuery: { version: 1, sha256Hash: UNKNOWN } } };
    expect(await post(running, { documentId: sha256(HOME), ...wrong })).toMatchObject(refused('BAD_REQUEST'));
    for (const query of [HOME, '{ home { avatar } }']) {
      expect(await post(running, { query, documentId: UNKNOWN })).toMatchObject(refused('BAD_REQUEST'));
      expect(await post(running, { query, ...wrong })).toMatchObject(refused('BAD_REQUEST'));
    }
  });
});

describe('what is not registered', () => {
  const hash = { extensions: { persistedQuery: { version: 1, sha256Hash: UNKNOWN } } };

  test.each([
    { DOCUMENTS: 'open', code: 'PERSISTED_QUERY_NOT_FOUND' },
    { DOCUMENTS: 'warn', code: 'PERSISTED_QUERY_NOT_FOUND' },
    { DOCUMENTS: 'locked', code: 'SCREEN_NOT_FOUND' },
  ])('has no hash, $DOCUMENTS', async ({ DOCUMENTS, code }) => {
    await using running = await startBff(mobile, services.urls, { DOCUMENTS });
    expect(await post(running, hash, STRICT)).toMatchObject({ ...refused(code) });
    expect((await post(running, hash)).errors[0]?.message).toBe('PersistedQueryNotFound');
    expect(await post(running, { documentId: UNKNOWN }, STRICT)).toMatchObject(refused('SCREEN_NOT_FOUND'));
  });

  test('is locked out in production, but not of a public schema', async () => {
    await using locked = await startBff(mobile, services.urls, { NODE_ENV: 'production' });
    expect(await post(locked, { query: '{ home { avatar } }' })).toMatchObject(refused('SCREEN_NOT_FOUND', 200));
    await using open = await startBff(partner, services.urls, { NODE_ENV: 'production' });
    expect(await post(open, { query: '{ books(first: 1) { edges { cursor } } }' })).toMatchObject({ errors: [] });
  });

  test('is told the nearest name, in development only', async () => {
    const body = { query: 'query Hone { home { avatar } }', operationName: 'Hone' };
    await using developing = await startBff(mobile, services.urls, { DOCUMENTS: 'locked' });
    expect((await post(developing, body)).errors[0]?.message).toContain('Did you mean Home?');
    await using running = await startBff(mobile, services.urls, { NODE_ENV: 'production' });
    expect((await post(running, body)).errors[0]?.message).not.toContain('Home');
    for (const [{ url }, expected] of [
      [developing, true],
      [running, false],
    ] as const) {
      const answer = await readAnswer(await fetch(`${url}/screens/Hone`, { headers: { 'X-Member-Id': 'm_42' } }));
      expect(answer).toMatchObject(refused('SCREEN_NOT_FOUND', 404));
      expect(answer.errors[0]?.message.includes('Home')).toBe(expected);
    }
  });

  test('is counted by client, and told of at each power of ten', async () => {
    await using running = await startBff(mobile, services.urls, { DOCUMENTS: 'warn' });
    const client = { 'apollographql-client-name': 'ios', 'apollographql-client-version': '7.1' };
    const body = { query: 'query Mine { home { avatar } }', operationName: 'Mine' };
    for (let count = 1; count <= 12; count += 1) await post(running, body, client);
    await post(running, body);
    await post(running, { query: HOME }, client);
    const lines = running.logged.filter(({ msg }) => msg === 'operation that is not registered');
    expect(lines).toMatchObject([
      { clientName: 'ios', clientVersion: '7.1', operationName: 'Mine', count: 1 },
      { clientName: 'ios', clientVersion: '7.1', operationName: 'Mine', count: 10 },
      { clientName: 'unknown', clientVersion: 'unknown', operationName: 'Mine', count: 1 },
    ]);
  });
});

describe('the log of operations that are not registered', () => {
  const operationNameOf = (operationName: string, query: string) => {
    const { log, logged } = collectLog();
    const params = { query, documentId: undefined, operationName, variables: {}, extensions: {} };
    countAdHoc(log).note(new IncomingMessage(new Socket()), params);
    return logged[0]?.['operationName'];
  };

  test.each([
    ['Mine', 'query Mine { home { avatar } }'],
    ['_1', 'query _1 { home { avatar } }'],
  ])('has the name %s', (name, query) => {
    expect(operationNameOf(name, query)).toBe(name);
  });

  test.each([
    ['that is no name, though its text has it', 'ada@example.com', 'query Mine { loan(id: "ada@example.com") { id } }'],
    ['that begins with a digit', '1a', 'query Mine { loan(id: "1a") { id } }'],
    ['with a line end', 'Mine\n', 'query Mine\n { home { avatar } }'],
    ['that its text does not have', 'Ada', 'query Mine { home { avatar } }'],
    ['that is empty', '', '{ home { avatar } }'],
  ])('has no name %s', (_what, name, query) => {
    expect(operationNameOf(name, query)).toBe('');
  });

  test('has 100 characters of a long name', () => {
    const name = 'N'.repeat(5_000);
    expect(operationNameOf(name, `query ${name} { home { avatar } }`)).toBe('N'.repeat(100));
  });
});

describe('documents that do not fit', () => {
  const schema = buildSchema('type Query { a: Int }');
  const folderWith = (files: Readonly<Record<string, string>>) => {
    const folder = mkdtempSync(`${tmpdir()}/facet-documents-`);
    for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
    return folder;
  };

  test('are all named, with the line, the column and the field', () => {
    const folder = folderWith({
      'A.graphql': 'query A {\n  a\n  b\n  x\n}',
      'B.graphql': 'query B {',
      'C.graphql': 'query D { a }',
      'E.graphql': 'query E { a }',
    });
    expect(() => readScreens(folder, schema)).toThrow(
      [
        'These documents are not valid:',
        `  ${folder}/A.graphql:3:3: Cannot query field "b" on type "Query". Did you mean "a"?`,
        `  ${folder}/A.graphql:4:3: Cannot query field "x" on type "Query". Did you mean "a"?`,
        `  ${folder}/B.graphql:1:10: Syntax Error: Expected Name, found <EOF>.`,
        `  ${folder}/C.graphql must hold one operation, named C.`,
      ].join('\n'),
    );
  });

  const body = 'query M {\n  b\n}';
  const manifest = (operations: object[]) =>
    JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });

  test.each([
    {
      what: 'a field',
      text: manifest([{ id: sha256(body), body }]),
      problem: `${sha256(body)}, M:2:3: Cannot query field "b"`,
    },
    { what: 'an id', text: manifest([{ id: UNKNOWN, body }]), problem: `${UNKNOWN}: the id is not the SHA-256` },
    { what: 'a format', text: '{"format": 7}', problem: 'is not a manifest' },
    { what: 'JSON', text: '{', problem: 'The file is not JSON' },
    {
      what: 'two texts of one id',
      text: manifest([
        { id: 'same', body: 'query M { a }' },
        { id: 'same', body: 'query N { a }' },
      ]),
      problem: 'two different texts have the id same',
    },
    {
      what: 'a text by its id',
      text: JSON.stringify({ m: '{ a }' }),
      problem: 'm must hold one operation with a name',
    },
  ])('stop the start for $what of a manifest', ({ text, problem }) => {
    const folder = folderWith({ 'manifest.json': text });
    expect(() => readManifests(folder, schema)).toThrow(problem);
  });

  test('are none where there is no manifest', () => {
    expect(readManifests('/nowhere', schema)).toEqual([]);
    const texts = folderWith({ 'm.json': JSON.stringify({ md5: 'query M { a }' }) });
    expect(readManifests(texts, schema)).toMatchObject([{ id: 'md5', name: 'M' }]);
  });
});
