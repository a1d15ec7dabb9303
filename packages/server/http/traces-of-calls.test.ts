import { setImmediate as turn } from 'node:timers/promises';
import { startBff } from '@facet/testing/internal/bff.ts';
import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { books, readings } from '@facet/testing/internal/fixture/shared/library/endpoints.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { pathsOf } from '@facet/testing/internal/otlp-receiver.ts';
import { newCallersSpan, spanNamed, startTracingSetup, type TracingSetup } from '@facet/testing/internal/tracing.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { list, resolver } from '../graphql/fields.ts';

let setup: TracingSetup;
beforeAll(async () => {
  setup = await startTracingSetup();
});
afterEach(() => {
  setup.services.ill.clear();
  setup.services.gate = () => {};
  setup.services.arrived.length = 0;
});
afterAll(async () => {
  await setup[Symbol.asyncDispose]();
});

describe('a batch', () => {
  test('has links to all fields that it served', async () => {
    await using running = await setup.start(mobile);
    const { traceId, headers } = newCallersSpan();
    await running.query('{ home { greeting avatar again: greeting } }', {}, headers);
    const spans = await setup.receiver.trace(traceId);
    const fields = ['home.greeting', 'home.avatar', 'home.again'].map((name) => spanNamed(spans, name));
    const batch = spanNamed(spans, 'members GET /members?ids');
    expect([...batch.links].sort()).toEqual(fields.map(({ spanId }) => spanId).sort());
    expect(batch.attributes['facet.fields']).toEqual(['home.greeting', 'home.avatar', 'home.again']);
    expect(batch.attributes['facet.keys']).toBe(1);
  });

  test('has one link to a field that asked at many items, whoever executes', async () => {
    await using running = await setup.start(web);
    // What has a fragment and a condition is not compiled.
    const parts = ['book { name }', '... on LoanItem @include(if: true) { book { name } }'];
    for (const part of parts) {
      const { traceId, headers } = newCallersSpan();
      const text = `{ dashboard { loans(first: 20) { items { ${part} } } } }`;
      const { data } = await running.query(text, {}, headers);
      const loads = data.dashboard.loans.flatMap(({ items }: { items: object[] }) => items).length;
      const spans = await setup.receiver.trace(traceId);
      const field = spanNamed(spans, 'dashboard.loans.items.book');
      expect(field.attributes['facet.loads']).toBe(loads);
      expect(spanNamed(spans, 'library GET /books?ids').links).toEqual([field.spanId]);
    }
  });

  test('that was split is marked, with the fields of each part', async () => {
    let later: Promise<void> | undefined;
    const book = resolver(
      { reads: ['bookId', 'days'], calls: [books] },
      async ({ bookId, days }: { bookId: string; days: number }, _args, { loaders }) => {
        later ??= turn();
        if (days > 1) await later;
        return loaders.load(books, bookId);
      },
    );
    const { resolvers } = web;
    const own = { ...resolvers, LoanItem: { ...resolvers['LoanItem'], book } };
    // By hand, any row may be asked for by itself, as far as anybody knows.
    const splitting = { ...web, resolvers: own, maxAdHocCalls: 1_000 };
    await using running = await setup.start(splitting);
    // Both batches are under way before either is answered.
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    setup.services.gate = ({ url }) => {
      if (!url.startsWith('/books')) return undefined;
      if (setup.services.arrived.filter((one) => one.url.startsWith('/books')).length === 2) open();
      return opened;
    };
    const { traceId, headers } = newCallersSpan();
    await running.query('{ dashboard { loans(first: 20) { items { book { name } } } } }', {}, headers);
    const spans = await setup.receiver.trace(traceId);
    const batches = spans.filter(({ name }) => name === 'library GET /books?ids');
    expect(batches.map(({ attributes }) => attributes)).toMatchObject(
      Array(2).fill({
        'facet.batch.split': 2,
        'facet.batch.needed': 1,
        'facet.fields': ['dashboard.loans.items.book'],
      }),
    );
    expect(spanNamed(spans, 'loans GET /loans').attributes).not.toHaveProperty('facet.batch.split');
  });
});

describe('an attempt', () => {
  test('of a retry is a span of its own, and the batch is sound', async () => {
    await using running = await setup.start(mobile);
    // Calls that went well earn the retry.
    for (let calls = 0; calls < 10; calls += 1) await running.query('{ home { greeting } }');
    setup.services.arrived.length = 0;
    setup.services.ill.set('members', (response) => {
      setup.services.ill.delete('members');
      response.writeHead(503).end();
    });
    const { traceId, headers } = newCallersSpan();
    const { data } = await running.query('{ home { greeting } }', {}, headers);
    expect(data).toEqual({ home: { greeting: 'Hi Ada' } });
    const spans = await setup.receiver.trace(traceId);
    const attempts = spans.filter(({ kind }) => kind === 'CLIENT');
    expect(attempts.map(({ isError, attributes }) => [isError, attributes['http.request.resend_count']])).toEqual([
      [true, undefined],
      [false, 1],
    ]);
    const batch = spanNamed(spans, 'members GET /members?ids');
    expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual([batch.spanId, batch.spanId]);
    expect(batch).toMatchObject({ isError: false, attributes: { 'facet.attempts': 2 } });
    const sent = setup.services.arrived.map(({ headers: { traceparent } }) => traceparent);
    expect(sent).toEqual(attempts.map(({ spanId }) => `00-${traceId}-${spanId}-01`));
  });

  test('of a hedge too; the one that came too late is cancelled', async () => {
    const { resolvers } = mobile;
    const Home = { ...resolvers['Home'], readings: list({ ...readings, hedge: true }) };
    await using running = await setup.start({ ...mobile, resolvers: { ...resolvers, Home } });
    const text = '{ home { readings { id } } }';
    // Enough calls that those hedged on a busy machine leave some of the budget, a twentieth of all calls.
    for (let calls = 0; calls < 200; calls += 1) await running.query(text);
    setup.services.arrived.length = 0;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    setup.services.gate = () => (setup.services.arrived.length === 1 ? released : undefined);
    const { traceId, headers } = newCallersSpan();
    const { errors } = await running.query(text, {}, headers);
    release();
    expect(errors).toEqual([]);
    const spans = await setup.receiver.trace(traceId);
    const [first, second, ...others] = spans.filter(({ kind }) => kind === 'CLIENT');
    expect(others).toEqual([]);
    expect(first).toMatchObject({ isError: false, attributes: { 'facet.cancelled': true } });
    expect(second).toMatchObject({ attributes: { 'facet.hedge': true, 'http.response.status_code': 200 } });
    expect(first?.attributes).not.toHaveProperty('facet.hedge');
    const sent = setup.services.arrived.map(({ headers: { traceparent } }) => traceparent);
    expect(sent).toEqual([first, second].map((span) => `00-${traceId}-${span?.spanId}-01`));
  });

  test('that two requests share is the first one’s, and the other one’s batch has a link to it', async () => {
    await using running = await setup.start(mobile);
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    setup.services.gate = ({ service }) => {
      if (service === 'library') arrive();
      return service === 'library' ? opened : undefined;
    };
    const [first, second] = [newCallersSpan(), newCallersSpan()];
    const text = '{ home { greeting readings { id } } }';
    const answers = [running.query(text, {}, first.headers)];
    await arrived;
    answers.push(running.query(text, {}, second.headers));
    while (setup.services.arrived.filter(({ service }) => service === 'members').length < 2) await turn();
    open();
    await Promise.all(answers);
    const attempt = spanNamed(await setup.receiver.trace(first.traceId), 'GET /readings');
    const spans = await setup.receiver.trace(second.traceId);
    expect(spans.filter(({ name }) => name === 'GET /readings')).toEqual([]);
    const batch = spanNamed(spans, 'library GET /readings');
    expect(batch.attributes['facet.shared']).toBe(true);
    expect(batch.links).toEqual([spanNamed(spans, 'home.readings').spanId, attempt.spanId]);
    const sent = setup.services.arrived.filter(({ service }) => service === 'library');
    expect(sent.map(({ headers: { traceparent } }) => traceparent)).toEqual([
      `00-${first.traceId}-${attempt.spanId}-01`,
    ]);
  });
});

describe('the cache', () => {
  test('is told of by events of the operation, with the fields that it served', async () => {
    await using running = await setup.start(mobile, { ENTITY_CACHE_BYTES: '1000000' });
    const text = '{ home { readings { id } } }';
    await running.query(text);
    const { traceId, headers } = newCallersSpan();
    await running.query(text, {}, headers);
    const spans = await setup.receiver.trace(traceId);
    expect(spans.map(({ name }) => name).sort()).toEqual(['POST /graphql', 'home.readings', 'query']);
    const attributes = { 'service.peer.name': 'library', 'facet.endpoint': 'GET /readings', 'facet.keys': 0 };
    expect(spanNamed(spans, 'query').events).toMatchObject([
      { name: 'cache hit', attributes: { ...attributes, 'facet.stale_keys': 0, 'facet.fields': ['home.readings'] } },
    ]);
  });

  test('is refreshed within the trace of the request that found it stale', async () => {
    const caching = { 'cache-control': 'public, max-age=0, stale-while-revalidate=60' };
    await using library = await startLocalService((_request, response) =>
      json(response, [{ id: 'r_1', title: 'A', coverUrl: 'x', endsAt: '2030-01-01T00:00:00Z' }], caching),
    );
    await using running = await startBff(
      mobile,
      { ...setup.services.urls, library: library.url },
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: setup.receiver.url,
        OTEL_BSP_SCHEDULE_DELAY: '1',
        ENTITY_CACHE_BYTES: '1000000',
      },
    );
    const text = '{ home { readings { id } } }';
    await running.query(text);
    const { traceId, headers } = newCallersSpan();
    await running.query(text, {}, headers);
    const spans = await setup.receiver.trace(traceId);
    const refresh = 'POST /graphql > refresh';
    expect(pathsOf(spans).filter((path) => path.includes('refresh'))).toEqual([
      refresh,
      `${refresh} > wave 1`,
      `${refresh} > wave 1 > library GET /readings`,
      `${refresh} > wave 1 > library GET /readings > GET /readings`,
    ]);
    const attempt = spanNamed(spans, 'GET /readings');
    expect(library.arrived[1]?.headers['traceparent']).toBe(`00-${traceId}-${attempt.spanId}-01`);
  });
});
