import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { metricsOf } from '@facet/testing/internal/metrics.ts';
import { findPromtool, NO_PROMTOOL } from '@facet/testing/internal/promtool.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/** Requests that a test has under way together where it makes many. */
const AT_ONCE = 100;

const VERSION = { 'apollographql-client-name': 'web-app', 'apollographql-client-version': '1.2.3' };
const WHO = 'client_name="web-app",client_version="1.2.3"';

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

/** A server whose requests have all been counted: each is, when its answer has left. */
async function counted(running: RunningBff, requests: number) {
  const isRequest = ({ level, msg }: Readonly<Record<string, unknown>>) => level === 30 && msg === 'request';
  await until(() => running.logged.filter(isRequest).length === requests);
  return metricsOf(running.url);
}

test('a screen is counted by its name and the version that asked, with its calls and what the cache had of it', async () => {
  await using running = await startBff(web, services.urls, { ENTITY_CACHE_BYTES: '10000000' });
  await running.screen('Dashboard', { first: 2 }, VERSION);
  await running.screen('Dashboard', { first: 2 }, VERSION);
  const figures = await counted(running, 2);
  expect(Object.fromEntries(figures)).toMatchObject({
    [`facet_requests_total{screen="Dashboard",${WHO},outcome="ok"}`]: 2,
    [`facet_request_duration_seconds_count{screen="Dashboard",${WHO}}`]: 2,
    [`facet_request_duration_seconds_bucket{screen="Dashboard",${WHO},le="+Inf"}`]: 2,
    'facet_service_calls_total{service="members",endpoint="GET /members?ids",code="OK"}': 2,
    'facet_service_attempts_total{service="members",endpoint="GET /members?ids"}': 2,
    'facet_service_calls_total{service="library",endpoint="GET /readings",code="OK"}': 1,
    'facet_service_call_duration_seconds_count{service="library",endpoint="GET /readings"}': 1,
    'facet_service_batch_keys_count{service="members",endpoint="GET /members?ids"}': 2,
    'facet_service_batch_keys_sum{service="members",endpoint="GET /members?ids"}': 2,
    'facet_cache_lookups_total{service="library",endpoint="GET /readings",result="missed"}': 1,
    'facet_cache_lookups_total{service="library",endpoint="GET /readings",result="fresh"}': 1,
    'facet_service_circuit_open{service="loans"}': 0,
    'facet_service_calls_in_flight{service="loans"}': 0,
    facet_requests_in_flight: 0,
    facet_requests_in_flight_limit: 10_000,
  });
  expect(
    figures.get('facet_service_received_bytes_total{service="members",endpoint="GET /members?ids"}'),
  ).toBeGreaterThan(10);
  expect(figures.get('facet_cache_bytes')).toBeGreaterThan(1_000);
  expect(figures.get('facet_event_loop_busy_seconds_total')).toBeGreaterThan(0);
});

test('what is not registered is ad_hoc, and who is nobody asked for no screen', async () => {
  await using running = await startBff(web, services.urls);
  await running.query('query Mine { dashboard { profile { name } } }');
  await running.query('{ nothing }');
  await running.query('{ dashboard { profile { name } } }', {}, { 'X-Member-Id': '' });
  await fetch(`${running.url}/screens/Nothing`, { headers: { 'X-Member-Id': 'm_42' } });
  const nobody = 'client_name="unknown",client_version="unknown"';
  expect(Object.fromEntries(await counted(running, 4))).toMatchObject({
    [`facet_requests_total{screen="ad_hoc",${nobody},outcome="ok"}`]: 1,
    [`facet_requests_total{screen="ad_hoc",${nobody},outcome="refused"}`]: 1,
    [`facet_requests_total{screen="none",${nobody},outcome="refused"}`]: 2,
    'facet_errors_total{screen="ad_hoc",code="GRAPHQL_VALIDATION_FAILED",service=""}': 1,
    'facet_errors_total{screen="none",code="UNAUTHENTICATED",service=""}': 1,
    'facet_errors_total{screen="none",code="SCREEN_NOT_FOUND",service=""}': 1,
  });
});

test('a failed section makes an answer partial, by the service that failed; a retry is one more attempt of one call', async () => {
  const statuses = [503, 500];
  await using loans = await startLocalService((_request, response) => {
    // Calls that succeed earn the one retry.
    if (loans.arrived.length <= 5) json(response, []);
    else response.writeHead(statuses.shift() ?? 500).end();
  });
  await using running = await startBff(web, { ...services.urls, loans: loans.url });
  for (let call = 0; call < 5; call += 1) await running.query('{ dashboard { loans { id } } }');
  await running.screen('Dashboard', {}, VERSION);
  expect(Object.fromEntries(await counted(running, 6))).toMatchObject({
    [`facet_requests_total{screen="Dashboard",${WHO},outcome="partial"}`]: 1,
    'facet_errors_total{screen="Dashboard",code="SERVICE_UNAVAILABLE",service="loans"}': 1,
    'facet_service_calls_total{service="loans",endpoint="GET /loans",code="SERVICE_UNAVAILABLE"}': 1,
    'facet_service_calls_total{service="loans",endpoint="GET /loans",code="OK"}': 5,
    'facet_service_attempts_total{service="loans",endpoint="GET /loans"}': 7,
  });
});

test('what is shed, and who goes away, are outcomes of their own; a call that another makes is shared', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  await using library = await startLocalService(async (_request, response) => {
    await answered;
    json(response, [], { 'cache-control': 'public, max-age=60' });
  });
  await using running = await startBff(web, { ...services.urls, library: library.url }, { MAX_IN_FLIGHT: '3' });
  const readings = '{ dashboard { readings { title } } }';
  const both = [running.query(readings, {}, VERSION), running.query(readings, {}, VERSION)];
  await until(() => running.load('library').underWay === 1);
  const caller = new AbortController();
  const gone = fetch(`${running.url}/screens/BookPage?id=b_7`, {
    headers: { 'X-Member-Id': 'm_42' },
    signal: caller.signal,
  });
  await until(() => running.load('library').underWay === 2);
  expect((await running.query(readings)).status).toBe(503);
  caller.abort();
  await expect(gone).rejects.toThrow(/abort/);
  await until(() => running.load('library').underWay === 1);
  answer();
  await Promise.all(both);
  const nobody = 'client_name="other",client_version="other"';
  expect(Object.fromEntries(await counted(running, 4))).toMatchObject({
    'facet_requests_shed_total{reason="in_flight"}': 1,
    'facet_requests_shed_total{reason="lag"}': 0,
    [`facet_requests_total{screen="none",${nobody},outcome="shed"}`]: 1,
    [`facet_requests_total{screen="ad_hoc",${WHO},outcome="ok"}`]: 2,
    'facet_requests_total{screen="BookPage",client_name="unknown",client_version="unknown",outcome="gone"}': 1,
    'facet_service_shared_calls_total{service="library",endpoint="GET /readings"}': 1,
    'facet_service_calls_total{service="library",endpoint="GET /readings",code="OK"}': 1,
    'facet_service_calls_total{service="library",endpoint="GET /books?ids",code="CALLER_GONE"}': 1,
  });
});

test('an open circuit is seen, and how often it was opened', async () => {
  services.ill.set('members', (response) => response.writeHead(500).end());
  await using running = await startBff(web, services.urls);
  await until(async () => {
    await running.query('{ dashboard { profile { name } } }');
    return !running.load('members').isCircuitClosed;
  });
  services.ill.clear();
  const figures = await metricsOf(running.url);
  expect(figures.get('facet_service_circuit_open{service="members"}')).toBe(1);
  expect(figures.get('facet_service_circuit_openings_total{service="members"}')).toBe(1);
});

describe('the page', () => {
  let running: RunningBff;
  beforeAll(async () => {
    running = await startBff(web, services.urls, { ENTITY_CACHE_BYTES: '10000000' });
    await running.screen('Dashboard', {}, VERSION);
    await running.query('{ nothing }');
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
  });

  test('says in which format it is', async () => {
    const response = await fetch(`${running.url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  const promtool = findPromtool();
  if (promtool === undefined) test.todo(NO_PROMTOOL);
  else {
    test('passes Prometheus’ own check', async () => {
      const response = await fetch(`${running.url}/metrics`);
      expect(promtool(['check', 'metrics'], await response.text())).toEqual({ exitCode: 0, output: '' });
    });
  }

  test('does not grow by ten thousand odd operation names, versions, and names of clients', async () => {
    const lines = async () => {
      const names = [...(await metricsOf(running.url)).keys()];
      return names.filter((name) => name.startsWith('facet_')).length;
    };
    const ask = (index: number) =>
      running.query(
        `query Odd${index} { __typename }`,
        {},
        {
          'apollographql-client-name': index % 2 === 0 ? `odd "${index}"` : `odd-${index}`,
          'apollographql-client-version': `9.${index}`,
        },
      );
    const many = async (from: number, to: number) => {
      for (let index = from; index < to; index += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, of) => ask(index + of)));
      }
    };
    for (let version = 0; version < 30; version += 1) {
      await running.screen('Dashboard', {}, { ...VERSION, 'apollographql-client-version': `2.${version}` });
    }
    await many(0, 100);
    const before = await lines();
    await many(100, 10_100);
    expect(await lines()).toBe(before);
    const figures = await metricsOf(running.url);
    expect(
      figures.get('facet_requests_total{screen="ad_hoc",client_name="other",client_version="other",outcome="ok"}'),
    ).toBeGreaterThan(9_000);
    expect(
      figures.get('facet_requests_total{screen="Dashboard",client_name="web-app",client_version="other",outcome="ok"}'),
    ).toBe(11);
  });
});

test('METRICS=off counts nothing and serves no page', async () => {
  await using running = await startBff(web, services.urls, { METRICS: 'off' });
  await running.screen('Dashboard');
  expect((await fetch(`${running.url}/metrics`)).status).toBe(404);
  expect(await (await fetch(`${running.url}/sandbox/fields.json`)).text()).not.toMatch(/"requests":[1-9]/);
});
