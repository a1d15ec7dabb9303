import { readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { json } from '@facet/testing/internal/local-service.ts';
import { startOtlpReceiver } from '@facet/testing/internal/otlp-receiver.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { EXPLAIN_HEADER } from './sandbox/protocol.ts';

const KEEPING = { ENTITY_CACHE_BYTES: '10000000' };

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterEach(() => {
  services.ill.clear();
  services.arrived.length = 0;
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

const asked = () => services.arrived.map(({ service, url }) => `${service} ${url.replace(/[?&].*/, '')}`).sort();

describe('the entity cache of a server', () => {
  test('leaves a screen the calls that are its caller’s own', async () => {
    await using running = await startBff(web, services.urls, KEEPING);
    const first = await running.screen('Dashboard');
    expect(asked()).toEqual(['library /books', 'library /readings', 'loans /loans', 'members /members']);
    services.arrived.length = 0;
    expect((await running.screen('Dashboard')).text).toBe(first.text);
    expect(asked()).toEqual(['loans /loans', 'members /members']);
    services.arrived.length = 0;
    await running.screen('Dashboard', {}, { 'X-Member-Id': 'm_7' });
    expect(asked()).toEqual(expect.arrayContaining(['loans /loans', 'members /members']));
    expect(asked()).not.toContain('library /readings');
  });

  test('is used for a service that fails, and the answer says which parts are how old, on both doors', async () => {
    const start = performance.now();
    const now = jest.spyOn(performance, 'now').mockImplementation(() => start);
    await using running = await startBff(web, services.urls, { ...KEEPING, CIRCUIT_BREAKER: 'off' });
    const text =
      '{ book(id: "b_1") { name } dashboard { a: readings { id } loans(first: 1) { items { book { id name } } } } }';
    const first = await running.query(text);
    now.mockImplementation(() => start + 100_000);
    services.ill.set('library', (response) => response.destroy());
    const second = await running.query(text);
    expect(second.data).toEqual(first.data);
    expect(second.errors).toEqual([]);
    expect(second.headers.get('cache-control')).toBe('no-store');
    const items: object[] = first.data.dashboard.loans[0].items;
    const stale: { path: unknown[]; ageSeconds: number }[] = JSON.parse(second.text).extensions.stale;
    expect(stale.map(({ path }) => path.join('.')).sort()).toEqual(
      ['book', 'dashboard.a', ...items.map((_item, index) => `dashboard.loans.0.items.${index}.book`)].sort(),
    );
    expect(new Set(stale.map(({ ageSeconds }) => ageSeconds))).toEqual(new Set([100]));

    services.ill.clear();
    now.mockImplementation(() => start + 200_000);
    const screen = await running.screen('BookPage', { id: 'b_2' });
    expect(screen.text).not.toContain('extensions');
    services.ill.set('library', (response) => response.writeHead(503).end());
    now.mockImplementation(() => start + 300_000);
    const kept = await running.screen('BookPage', { id: 'b_2' });
    expect(kept.data).toEqual(screen.data);
    expect(JSON.parse(kept.text).extensions).toEqual({ stale: [{ path: ['book'], ageSeconds: 100 }] });
    now.mockRestore();
  });

  test('leads to the same calls and the same answer when a request is traced or explained', async () => {
    await using receiver = await startOtlpReceiver();
    const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '1' };
    const run = async (settings: Record<string, string>, headers: Record<string, string> = {}) => {
      await using running = await startBff(web, services.urls, { ...KEEPING, ...settings });
      // Fills the cache with half of the books that the second caller borrows.
      await running.screen('Dashboard', { first: 20 }, { 'X-Member-Id': 'm_7' });
      services.arrived.length = 0;
      const { data, headers: answered } = await running.screen('Dashboard', { first: 50 }, headers);
      await running.screen('BookPage', { id: 'b_1' }, headers);
      const calls = services.arrived.map(({ service, url, headers: sent }) => ({
        call: `${service} ${url}`,
        sent: Object.keys(sent).filter((name) => name !== 'traceparent'),
      }));
      return { data, calls, caching: answered.get('cache-control') };
    };
    const plain = await run({});
    expect(plain.calls.length).toBeGreaterThan(2);
    expect(await run({}, { [EXPLAIN_HEADER]: '1' })).toEqual(plain);
    expect(await run(traced)).toEqual(plain);
  });

  test('is off at 0', async () => {
    await using running = await startBff(mobile, services.urls, { ENTITY_CACHE_BYTES: '0' });
    await running.screen('Home');
    await running.screen('Home');
    expect(asked().filter((call) => call === 'library /readings')).toHaveLength(2);
  });
});

describe('Cache-Control of an answer', () => {
  test.each(Object.values(KEEPING).concat('0'))('is public for what is left, with %s bytes of cache', async (bytes) => {
    await using running = await startBff(web, services.urls, { ENTITY_CACHE_BYTES: bytes });
    for (let round = 0; round < 2; round += 1) {
      const response = await fetch(`${running.url}/screens/BookPage?id=b_1`, { headers: { 'x-member-id': 'm_42' } });
      expect(response.headers.get('cache-control')).toMatch(/^public, max-age=5\d$/);
      expect(response.headers.get('vary')).toBe('Accept, Accept-Language, Accept-Encoding');
      expect((await readAnswer(response)).data.book.id).toBe('b_1');
    }
  });

  test('is no-store where a part is the caller’s own', async () => {
    await using running = await startBff(web, services.urls, KEEPING);
    for (const query of [
      '{ dashboard { profile { firstName } } }',
      '{ dashboard { readings { id } loans { id } } }',
      '{ __typename }',
    ]) {
      const { headers, errors } = await running.query(query);
      expect(errors).toEqual([]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('vary')).toBeNull();
    }
  });

  test.each([[{ rows: [] }], [[null]], ['text'], [[{}]]])(
    'is no-store where a public answer cannot be used, though no error shows it: %j',
    async (answered) => {
      const caching = { 'cache-control': 'public, max-age=60' };
      services.ill.set('library', (response) => json(response, answered, caching));
      for (const bytes of [...Object.values(KEEPING), '0']) {
        await using running = await startBff(partner, services.urls, { ENTITY_CACHE_BYTES: bytes });
        const query = '{ books(first: 3) { pageInfo { hasNextPage } } }';
        const { headers, data, errors } = await running.query(query);
        expect({ data, errors }).toEqual({ data: { books: { pageInfo: { hasNextPage: false } } }, errors: [] });
        expect(headers.get('cache-control')).toBe('no-store');
      }
    },
  );

  test('is no-store where a part failed that shows no error', async () => {
    await using running = await startBff(partner, services.urls, KEEPING);
    await running.query('{ books(first: 2) { edges { cursor } } }');
    services.ill.set('library', (response) => response.destroy());
    const query = '{ books(first: 2) { edges { cursor } } b: books(first: 3) { pageInfo { hasNextPage } } }';
    const { headers, errors } = await running.query(query);
    expect(errors).toEqual([]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('is no-store where anything failed', async () => {
    await using running = await startBff(partner, services.urls, KEEPING);
    const kept = await running.query('{ books(first: 2) { edges { cursor } } }');
    expect(kept.headers.get('cache-control')).toMatch(/^public/);
    services.ill.set('library', (response) => response.destroy());
    const query = '{ books(first: 2) { edges { cursor } } other: books(first: 3) { edges { cursor } } }';
    const { headers, data, errors } = await running.query(query);
    expect(data.books).toEqual(kept.data.books);
    expect(errors).toHaveLength(1);
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
