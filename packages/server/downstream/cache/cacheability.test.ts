import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import CachePolicy from 'http-cache-semantics';
import { CONSTANT_HEADERS, grantOf } from './cacheability.ts';

stoppedClock();

const seconds = fc.nat(1_000);
const date = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
const httpDate = date.map((each) => each.toUTCString());
const directives = fc.record(
  {
    'max-age': seconds,
    's-maxage': seconds,
    'stale-while-revalidate': seconds,
    'stale-if-error': seconds,
    'must-revalidate': fc.constant(''),
    'no-cache': fc.constant(''),
    'no-store': fc.constant(''),
    immutable: fc.constant(''),
    private: fc.constant(''),
  },
  { requiredKeys: [] },
);
const headers = fc.record(
  {
    'cache-control': directives.map((some) =>
      ['public', ...Object.entries(some).map(([name, value]) => (value === '' ? name : `${name}=${value}`))].join(', '),
    ),
    age: seconds.map(String),
    date: httpDate,
    expires: httpDate,
    'last-modified': httpDate,
    vary: fc.constantFrom('*', 'Accept'),
  },
  { requiredKeys: ['cache-control'] },
);

test('grants at most what http-cache-semantics grants', () => {
  fc.assert(
    fc.property(headers, (given) => {
      const now = performance.now();
      const grant = grantOf(given, now);
      const request = { method: 'GET', url: '/', headers: {} };
      const options = { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 };
      const policy = new CachePolicy(request, { status: 200, headers: given }, options);
      if (!grant) return;
      expect(policy.storable()).toBe(true);
      expect(Math.max(0, grant.freshUntil - now)).toBeLessThanOrEqual(
        Math.max(0, policy.maxAge() - policy.age()) * 1_000,
      );
      const usableUntil = Math.max(grant.staleWhileRevalidateUntil, grant.staleIfErrorUntil);
      expect(Math.max(0, usableUntil - now)).toBeLessThanOrEqual(policy.timeToLive());
    }),
    { numRuns: 2_000 },
  );
});

test('stale use never ends before freshness, and freshness never before birth', () => {
  fc.assert(
    fc.property(headers, (given) => {
      const grant = grantOf(given, 0);
      if (!grant) return;
      expect(grant.bornAt).toBeLessThanOrEqual(0);
      expect(grant.freshUntil).toBeGreaterThanOrEqual(grant.bornAt);
      expect(grant.staleWhileRevalidateUntil).toBeGreaterThanOrEqual(grant.freshUntil);
      expect(grant.staleIfErrorUntil).toBeGreaterThanOrEqual(grant.freshUntil);
    }),
  );
});

test('headers that a response may vary by are constant in calls to public endpoints', async () => {
  await using service = await startLocalService((_request, response) => response.writeHead(200).end('[]'));
  await using fetcher = fetcherFor(service.url);
  const list = listOf<{ id: string }>()({ service: 'library', path: '/list', rowKey: 'id', public: true });
  const contexts = [
    requestContext(),
    requestContext({
      locale: 'de-DE',
      requestId: 'other',
      trace: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    }),
    requestContext({ identity: { header: 'X-Branch-Id', id: 'br_1' }, remainingMs: () => 1_000 }),
  ];
  for (const context of contexts) await fetcher.rows.page(list, '/list', undefined, context);
  const sent = service.arrived.map(({ headers: all }) => CONSTANT_HEADERS.map((name) => all[name]));
  expect(sent).toHaveLength(contexts.length);
  expect(new Set(sent.map((each) => JSON.stringify(each))).size).toBe(1);
});
