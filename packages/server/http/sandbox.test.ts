import { type Answer, type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { InjectedFault } from '../request/injected-fault.ts';
import { createLedger } from '../request/ledger.ts';
import { RequestTrace } from '../request/request-trace.ts';
import { explain } from './sandbox/explain.ts';
import type { Estimated, Explanation, SandboxConfig } from './sandbox/protocol.ts';

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});
beforeEach(() => {
  services.arrived.length = 0;
});

const EXPLAINED = { 'x-facet-explain': '1' };

function facetIn({ text }: { readonly text: string }): Explanation | undefined {
  return JSON.parse(text).extensions?.facet;
}

async function configOf({ url }: RunningBff): Promise<SandboxConfig> {
  return (await (await fetch(`${url}/sandbox/config.json`)).json()) as SandboxConfig;
}

function post({ url }: RunningBff, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function drilled(running: RunningBff, ...drills: InjectedFault[]): Promise<Record<string, string>> {
  const { header } = (await (await post(running, '/sandbox/drills', drills)).json()) as { header: string };
  return { ...EXPLAINED, 'x-facet-drill': header };
}

const DOWN: InjectedFault = { service: 'library', kind: 'down', ms: 0 };

describe.each(CLIENTS)('the sandbox of $client', (bff) => {
  test('runs no script and loads nothing but its own', async () => {
    await using running = await startBff(bff, services.urls);
    const page = await fetch(`${running.url}/`);
    const html = await page.text();
    const worker = /assets\/[\w.-]+\.js/.exec(html)?.[0];
    for (const { headers } of [page, await fetch(`${running.url}/sandbox/${worker}`)]) {
      const policy = headers.get('content-security-policy')?.split('; ') ?? [];
      expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]));
      expect(policy).toEqual(
        expect.arrayContaining(["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]),
      );
      expect(policy.filter((directive) => directive.includes('unsafe'))).toEqual(["style-src 'self' 'unsafe-inline'"]);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|https?:/);
  });

  test('tells the bound and the budget of every screen, and what it took when it was run last', async () => {
    await using running = await startBff(bff, services.urls);
    for (const { name, text, variables, bound, budget, measured } of (await configOf(running)).screens) {
      expect({ name, measured }).toEqual({ name, measured: undefined });
      expect(bound?.calls).toBeLessThanOrEqual(budget?.calls ?? 0);
      expect(bound?.sites.length).toBeGreaterThan(0);
      const facet = facetIn(await running.query(text, { ...variables }, EXPLAINED));
      expect(facet).toMatchObject({ screen: name, waves: bound?.waves, drills: [] });
    }
    for (const { measured, bound } of (await configOf(running)).screens) {
      expect(measured?.calls).toBeGreaterThan(0);
      expect(measured?.calls).toBeLessThanOrEqual(bound?.calls ?? 0);
    }
  });

  test('names identities that its services know', async () => {
    await using running = await startBff(bff, services.urls);
    const { identities, exampleId } = await configOf(running);
    expect(identities.map(({ id }) => id)).toContain(exampleId);
    if (bff.identity.header !== 'X-Member-Id') return;
    for (const { id, name } of identities) {
      const [member] = (await (await fetch(`${services.urls.members}/members?ids=${id}`)).json()) as [Member?];
      expect(name).toBe(member ? `${member.firstName} ${member.lastName}` : 'Nobody');
    }
  });
});

interface Member {
  readonly firstName: string;
  readonly lastName: string;
}

const NOTHING_ASKED = { query: undefined, operationName: undefined, variables: {}, screen: undefined };

function noEstimate(): never {
  throw new Error('There is no text to look at.');
}

describe('an explanation', () => {
  test('has every call of a screen, by either door, and what had been known before', async () => {
    await using running = await startBff(web, services.urls);
    const adHoc = '{ dashboard { profile { name } loans(first: 2) { id items { book { name } } } } }';
    const answers = [
      await running.screen('Dashboard', { first: 2 }, EXPLAINED),
      await running.query(adHoc, {}, EXPLAINED),
    ];
    for (const answer of answers) {
      const facet = facetIn(answer);
      const waves = facet?.calls.map(({ service, wave }) => `${wave} ${service}`).sort();
      const expected = ['1 library', '1 loans', '1 members', '2 library'];
      expect(waves).toEqual(facet?.screen === 'Dashboard' ? expected : expected.slice(1));
      expect(facet?.waves).toBe(2);
      const books = facet?.calls.find(({ endpoint }) => endpoint.startsWith('GET /books'));
      expect(books).toMatchObject({
        status: 200,
        attempts: 1,
        hedged: false,
        shared: false,
        cached: false,
        failure: null,
        fields: ['dashboard.loans.items.book'],
        split: null,
      });
      expect(books?.keys).toBeGreaterThan(1);
      expect(books?.bytes).toBeGreaterThan(0);
      expect(books?.endMs).toBeGreaterThanOrEqual(books?.startMs ?? 0);
      expect(facet?.bound).toMatchObject({ calls: waves?.length, waves: 2 });
      expect(facet?.bound?.sites.map(({ path }) => path)).toContain('dashboard.loans.items.book');
      expect(facet?.deadlineMs).toBeGreaterThan(0);
      expect(facet?.deadlineMs).toBeLessThanOrEqual(60_000);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('tells rows that were kept from those that were asked for, and which were stale', async () => {
    await using running = await startBff(web, services.urls, { ENTITY_CACHE_BYTES: '1000000' });
    const ask = async () => facetIn(await running.screen('BookPage', { id: 'b_7' }, EXPLAINED))?.calls;
    expect(await ask()).toMatchObject([{ cached: false, keys: 1, staleKeys: 0 }]);
    expect(await ask()).toMatchObject([{ cached: true, keys: 1, attempts: 0, bytes: 0, status: null }]);
  });

  test('tells what was asked for by several requests at once', async () => {
    await using running = await startBff(web, services.urls);
    const held: (() => void)[] = [];
    services.gate = () => new Promise((go) => held.push(go));
    const first = running.query('{ book(id: "b_7") { name } }', {}, EXPLAINED);
    await until(() => held.length === 1);
    // When the loan has been asked for, the book has, too: it was found to be under way.
    const second = running.query('{ book(id: "b_7") { name } loan(id: "l_7") { id } }', {}, EXPLAINED);
    await until(() => held.length === 2);
    services.gate = () => {};
    for (const go of held) go();
    const shared = (answer: Answer) => facetIn(answer)?.calls.find(({ service }) => service === 'library')?.shared;
    expect([shared(await first), shared(await second)]).toEqual([false, true]);
  });

  test('tells why a call failed, and how often it was tried', async () => {
    await using running = await startBff(web, services.urls);
    // Every one of them earns a fifth of a retry.
    for (let calls = 0; calls < 5; calls += 1) await running.screen('BookPage', { id: 'b_7' });
    services.ill.set('library', (response) => response.writeHead(503).end());
    const facet = facetIn(await running.screen('BookPage', { id: 'b_7' }, EXPLAINED));
    services.ill.clear();
    expect(facet?.calls).toMatchObject([{ status: 503, attempts: 2, failure: 'SERVICE_UNAVAILABLE' }]);
  });

  test('tells of a query that was refused that it did nothing', async () => {
    await using running = await startBff(web, services.urls);
    for (const query of ['{ nothing }', '{ dashboard {']) {
      expect(facetIn(await running.query(query, {}, EXPLAINED))).toMatchObject({ calls: [], waves: 0, bound: null });
    }
  });

  test('has hedged calls, stale rows, and calls that nobody waited for', () => {
    const { ledger, ...context } = requestContext();
    ledger.begin('loans', 'GET /loans', 0).hedged = true;
    ledger.hit('library', 'GET /books?ids', 3, 2);
    const { calls, waves } = explain({ ledger, ...context }, NOTHING_ASKED, noEstimate);
    expect(calls).toMatchObject([
      { hedged: true, endMs: null, wave: 1, keys: 0 },
      { cached: true, staleKeys: 2, keys: 3 },
    ]);
    expect(waves).toBe(1);
  });

  test('marks the calls of a wave that were more than their keys need', () => {
    const trail = new RequestTrace();
    const { ledger, ...context } = requestContext({ ledger: createLedger(undefined, trail) });
    const endpoint = { maxBatch: 50, ids: { many: true } };
    for (const name of ['book', 'gift']) {
      trail.load(endpoint, name, { path: { key: name, prev: undefined } });
      ledger.begin('library', 'GET /books?ids', 1, { endpoint, ids: [name] });
    }
    ledger.begin('loans', 'GET /loans', 0, { endpoint: {}, list: '/loans' });
    expect(explain({ ledger, ...context }, NOTHING_ASKED, noEstimate).calls).toMatchObject([
      { fields: ['book'], split: { calls: 2, needed: 1 } },
      { fields: ['gift'], split: { calls: 2, needed: 1 } },
      { fields: [], split: null },
    ]);
  });

  test('tells figures of calls, and nothing of what they answered', async () => {
    await using running = await startBff(web, services.urls);
    const [call] = facetIn(await running.screen('BookPage', { id: 'b_7' }, EXPLAINED))?.calls ?? [];
    expect(Object.keys(call ?? {}).sort()).toEqual(
      [
        ...['attempts', 'bytes', 'cached', 'endMs', 'endpoint', 'failure', 'fields', 'hedged', 'keys', 'service'],
        ...['shared', 'split', 'staleKeys', 'startMs', 'status', 'wave'],
      ].sort(),
    );
  });

  test('is bounded', () => {
    const context = requestContext();
    for (let call = 0; call < 310; call += 1) context.ledger.end(context.ledger.begin('library', 'GET /books', 1));
    const { calls, leftOut } = explain(context, NOTHING_ASKED, noEstimate);
    expect({ told: calls.length, leftOut }).toEqual({ told: 300, leftOut: 10 });
  });

  test('is given only to who asks, and nowhere without a sandbox', async () => {
    await using running = await startBff(web, services.urls);
    expect(facetIn(await running.screen('Dashboard'))).toBeUndefined();
    expect(facetIn(await running.screen('Dashboard', {}, { 'x-facet-explain': 'yes' }))).toBeUndefined();
    for (const environment of [{ NODE_ENV: 'production', DOCUMENTS: 'open' }, { SANDBOX: 'off' }]) {
      await using off = await startBff(web, services.urls, environment);
      expect(facetIn(await off.screen('Dashboard', {}, EXPLAINED))).toBeUndefined();
      expect(facetIn(await off.query('{ dashboard { profile { id } } }', {}, EXPLAINED))).toBeUndefined();
      expect((await post(off, '/sandbox/cost', { query: '{ __typename }' })).status).toBe(404);
      expect((await post(off, '/sandbox/drills', [DOWN])).status).toBe(404);
    }
  });
});

describe('the cost of a query that is being written', () => {
  const estimated = async (running: RunningBff, body: object) =>
    (await (await post(running, '/sandbox/cost', body)).json()) as Estimated;

  test('follows its variables', async () => {
    await using running = await startBff(web, services.urls);
    const query = 'query ($first: Int! = 2) { dashboard { loans(first: $first) { items { book { name } } } } }';
    expect(await estimated(running, { query })).toMatchObject({ bound: { calls: 2, waves: 2, timeMs: 2 * 60_000 } });
    const more = await estimated(running, { query, variables: { first: 100 } });
    expect(more).toMatchObject({ bound: { calls: 21, waves: 2 }, isTooExpensive: false });
    expect(services.arrived).toEqual([]);
  });

  test('says what would be refused, and knows screens, which are not', async () => {
    await using running = await startBff(web, services.urls);
    const alias = (name: string) => `${name}: loans(first: 100) { items { book { name } } }`;
    const query = `{ dashboard { ${['a', 'b', 'c'].map(alias).join(' ')} } }`;
    const dashboard = (await configOf(running)).screens.find(({ name }) => name === 'Dashboard');
    const [many, screen] = [await estimated(running, { query }), await estimated(running, { query: dashboard?.text })];
    expect(many).toMatchObject({ bound: { calls: expect.any(Number) } });
    expect(screen).toMatchObject({ screen: 'Dashboard', isTooExpensive: false });
    const answer = await running.query(query);
    const refused = answer.errors[0]?.extensions.code === 'OPERATION_TOO_EXPENSIVE';
    expect(many).toMatchObject({ isTooExpensive: refused });
  });

  test('or what is wrong with it', async () => {
    await using running = await startBff(web, services.urls);
    const errors = async (query: string) => {
      const answer = await estimated(running, { query });
      return 'errors' in answer ? answer.errors[0]?.message : undefined;
    };
    expect(await errors('{ dashboard {')).toMatch(/Syntax Error/);
    expect(await errors('{ dashbord { profile { name } } }')).toMatch(/did you mean "dashboard"/i);
    expect(await errors('query A { __typename } query B { __typename }')).toMatch(/operationName is required/);
    expect(await errors(`{ ${'__typename '.repeat(2_000)} }`)).toMatch(/tokens/);
    expect((await post(running, '/sandbox/cost', [])).status).toBe(400);
    await using closed = await startBff(web, services.urls, { INTROSPECTION: 'off' });
    const hidden = await estimated(closed, { query: '{ dashbord { profile { name } } }' });
    expect(JSON.stringify(hidden)).not.toMatch(/did you mean/i);
  });
});

describe('a drill', () => {
  test('makes a service ill for its own request alone', async () => {
    await using running = await startBff(web, services.urls);
    const headers = await drilled(running, DOWN);
    const [ill, well] = await Promise.all([running.screen('Dashboard', {}, headers), running.screen('Dashboard')]);
    expect(ill.data.dashboard).toMatchObject({ readings: null, profile: { name: 'Ada Lovelace' } });
    expect(ill.errors[0]?.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', service: 'library' });
    expect(facetIn(ill)?.drills).toEqual([DOWN]);
    const failed = facetIn(ill)?.calls.filter(({ failure }) => failure !== null);
    expect(failed?.map(({ service, attempts, status }) => ({ service, attempts, status }))).toEqual(
      failed?.map(() => ({ service: 'library', attempts: 2, status: null })),
    );
    expect(well).toMatchObject({ errors: [], data: { dashboard: { readings: expect.any(Array) } } });
  });

  test('is rubbish, or slow, each with the error that a real one has', async () => {
    await using running = await startBff(web, services.urls, {
      SERVICE_TIMEOUT_MS: '60',
      REQUEST_DEADLINE_MS: '10000',
    });
    const codesOf = async (drill: InjectedFault) => {
      const { errors } = await running.screen('BookPage', { id: 'b_7' }, await drilled(running, drill));
      return errors.map(({ extensions }) => extensions.code);
    };
    expect(await codesOf({ service: 'library', kind: 'rubbish', ms: 0 })).toEqual(['SERVICE_BAD_RESPONSE']);
    expect(await codesOf({ service: 'library', kind: 'slow', ms: 60_000 })).toEqual(['SERVICE_TIMEOUT']);
    await using hasty = await startBff(web, services.urls, { REQUEST_DEADLINE_MS: '100' });
    const headers = await drilled(hasty, { service: 'library', kind: 'slow', ms: 60_000 });
    const { errors } = await hasty.screen('BookPage', { id: 'b_7' }, headers);
    expect(errors[0]?.extensions.code).toBe('DEADLINE_EXCEEDED');
  });

  test('that is slow within the time of a call only takes longer', async () => {
    await using running = await startBff(web, services.urls);
    const headers = await drilled(running, { service: 'library', kind: 'slow', ms: 40 });
    const answer = await running.screen('BookPage', { id: 'b_7' }, headers);
    expect(answer).toMatchObject({ errors: [], data: { book: { id: 'b_7' } } });
    const [call] = facetIn(answer)?.calls ?? [];
    // A timer may fire up to a millisecond early.
    expect((call?.endMs ?? 0) - (call?.startMs ?? 0)).toBeGreaterThanOrEqual(39);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('neither uses nor fills what is kept, nor shares a call', async () => {
    await using running = await startBff(web, services.urls, { ENTITY_CACHE_BYTES: '1000000' });
    const slow = await drilled(running, { service: 'library', kind: 'slow', ms: 1 });
    const page = (headers: Record<string, string>) => running.screen('BookPage', { id: 'b_7' }, headers);
    await page(slow);
    const [call] = facetIn(await page(EXPLAINED))?.calls ?? [];
    expect(call?.cached).toBe(false);
    expect(facetIn(await page(EXPLAINED))?.calls).toMatchObject([{ cached: true }]);
    expect(facetIn(await page(slow))?.calls).toMatchObject([{ cached: false, shared: false }]);
    expect((await page(await drilled(running, DOWN))).data.book).toBeNull();

    await using bare = await startBff(web, services.urls);
    const slowHere = await drilled(bare, { service: 'library', kind: 'slow', ms: 1 });
    const open: (() => void)[] = [];
    const both = new Promise<void>((resolve) => {
      services.gate = () =>
        new Promise((go) => {
          open.push(go);
          if (open.length === 2) resolve();
        });
    });
    const asked = [slowHere, EXPLAINED].map((headers) => bare.screen('BookPage', { id: 'b_7' }, headers));
    await both;
    services.gate = () => {};
    for (const go of open) go();
    for (const answer of await Promise.all(asked)) expect(facetIn(answer)?.calls).toMatchObject([{ shared: false }]);
  });

  test('opens no circuit and takes no room, however often it fails', async () => {
    await using running = await startBff(web, services.urls);
    const headers = await drilled(running, DOWN);
    const answers = await Promise.all(Array.from({ length: 40 }, () => running.screen('Dashboard', {}, headers)));
    expect(answers.every(({ errors }) => errors.length > 0)).toBe(true);
    expect(running.load('library')).toMatchObject({ underWay: 0, waiting: 0, isCircuitClosed: true });
    expect((await running.screen('Dashboard')).errors).toEqual([]);
  });

  test('is not taken for what a screen takes', async () => {
    await using running = await startBff(mobile, services.urls);
    await running.screen('Home', {}, await drilled(running, DOWN));
    expect((await configOf(running)).screens.every(({ measured }) => measured === undefined)).toBe(true);
  });

  test('is ignored where this process has not signed it, and where there is no sandbox', async () => {
    await using running = await startBff(web, services.urls);
    await using another = await startBff(web, services.urls);
    await using production = await startBff(web, services.urls, { NODE_ENV: 'production' });
    const { 'x-facet-drill': header = '' } = await drilled(running, DOWN);
    const [text = '', signature = ''] = header.split('.');
    const forged = `${Buffer.from(JSON.stringify([{ ...DOWN, service: 'members' }])).toString('base64url')}.${signature}`;
    const isWell = async (server: RunningBff, drill: string) =>
      (await server.screen('Dashboard', {}, { 'x-facet-drill': drill })).errors.length === 0;
    expect(await isWell(running, header)).toBe(false);
    for (const odd of [forged, text, `${text}.`, `.${signature}`, `${text}.${signature}x`, '', '.', 'e30.e30']) {
      expect({ odd, well: await isWell(running, odd) }).toEqual({ odd, well: true });
    }
    expect(await isWell(another, header)).toBe(true);
    expect(await isWell(production, header)).toBe(true);
  });

  test.each([
    [[{ ...DOWN, service: 'payments' }]],
    [[{ ...DOWN, kind: 'gone' }]],
    [[{ ...DOWN, ms: -1 }]],
    [[{ ...DOWN, ms: 10 ** 9 }]],
    [[{ ...DOWN, more: 1 }]],
    [{}],
    ['down'],
  ])('of another kind is not signed: %j', async (drills) => {
    await using running = await startBff(web, services.urls);
    const answer = await readAnswer(await post(running, '/sandbox/drills', drills));
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  test('cannot be asked for by another page', async () => {
    await using running = await startBff(web, services.urls);
    const simple = await fetch(`${running.url}/sandbox/drills`, { method: 'POST', body: JSON.stringify([DOWN]) });
    expect(simple.status).toBe(415);
  });
});
