import { bff as mobile } from '@facet/testing/internal/fixture/bffs/mobile/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { pathsOf } from '@facet/testing/internal/otlp-receiver.ts';
import { newCallersSpan, spanNamed, startTracingSetup, type TracingSetup } from '@facet/testing/internal/tracing.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

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

describe('a request', () => {
  test('is a span in the trace of its caller, with operation, waves, batches and attempts below', async () => {
    await using running = await setup.start(web);
    const caller = newCallersSpan();
    const { errors } = await running.screen('Dashboard', { first: 10 }, caller.headers);
    expect(errors).toEqual([]);
    const spans = await setup.receiver.trace(caller.traceId);
    const operation = 'POST /graphql > query Dashboard';
    expect(pathsOf(spans)).toEqual(
      [
        'POST /graphql',
        operation,
        `${operation} > dashboard.profile`,
        `${operation} > dashboard.loans`,
        `${operation} > dashboard.readings`,
        `${operation} > dashboard.loans.items.book`,
        `${operation} > wave 1`,
        `${operation} > wave 1 > members GET /members?ids`,
        `${operation} > wave 1 > members GET /members?ids > GET /members?ids={ids}`,
        `${operation} > wave 1 > loans GET /loans`,
        `${operation} > wave 1 > loans GET /loans > GET /loans`,
        `${operation} > wave 1 > library GET /readings`,
        `${operation} > wave 1 > library GET /readings > GET /readings`,
        `${operation} > wave 2`,
        `${operation} > wave 2 > library GET /books?ids`,
        `${operation} > wave 2 > library GET /books?ids > GET /books?ids={ids}`,
      ].sort(),
    );
    expect(spanNamed(spans, 'POST /graphql').parentSpanId).toBe(caller.spanId);
    expect(spans.every(({ isError }) => !isError)).toBe(true);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    for (const span of spans) {
      const parent = byId.get(span.parentSpanId) ?? span;
      expect(span.startUs).toBeGreaterThanOrEqual(parent.startUs);
      expect(span.endUs).toBeGreaterThanOrEqual(span.startUs);
      expect(span.endUs).toBeLessThanOrEqual(parent.endUs);
    }
  });

  test('is described by the conventions for HTTP and GraphQL', async () => {
    await using running = await setup.start(web);
    const caller = newCallersSpan();
    await running.screen('LoanPage', { id: 'l_7' }, { ...caller.headers, 'x-request-id': 'abc' });
    const spans = await setup.receiver.trace(caller.traceId);
    const { port } = new URL(running.url);
    expect(spanNamed(spans, 'POST /graphql')).toMatchObject({
      kind: 'SERVER',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'server.address': '127.0.0.1',
        'server.port': Number(port),
        'network.protocol.version': '1.1',
        'http.response.status_code': 200,
        'facet.request.id': 'abc',
      },
      resource: { 'service.name': 'facet-web', 'telemetry.sdk.language': 'nodejs' },
    });
    expect(spanNamed(spans, 'query LoanPage')).toMatchObject({
      kind: 'INTERNAL',
      attributes: {
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'LoanPage',
        'graphql.document': expect.stringContaining('loan(id: $id)'),
      },
    });
    expect(spanNamed(spans, 'loans GET /loans?ids')).toMatchObject({
      kind: 'INTERNAL',
      attributes: { 'service.peer.name': 'loans', 'facet.endpoint': 'GET /loans?ids', 'facet.keys': 1 },
    });
    const loans = new URL(setup.services.urls.loans);
    expect(spanNamed(spans, 'GET /loans?ids={ids}')).toMatchObject({
      kind: 'CLIENT',
      attributes: {
        'http.request.method': 'GET',
        'url.template': '/loans?ids={ids}',
        'server.address': loans.hostname,
        'server.port': Number(loans.port),
        'service.peer.name': 'loans',
        'http.response.status_code': 200,
        'http.response.body.size': expect.any(Number),
      },
    });
  });

  test('of a screen by its address is named by its route', async () => {
    await using running = await setup.start(mobile);
    const { traceId, headers } = newCallersSpan();
    await fetch(`${running.url}/screens/Home?first=2`, { headers: { ...headers, 'X-Member-Id': 'm_42' } });
    const { attributes } = spanNamed(await setup.receiver.trace(traceId), 'GET /screens/:name');
    expect(attributes).toMatchObject({ 'http.route': '/screens/:name', 'url.path': '/screens/Home' });
  });

  test('that is not registered is named by its type alone, and keeps its text to itself', async () => {
    await using running = await setup.start(mobile);
    const { traceId, headers } = newCallersSpan();
    await running.query('query Mine { loan(id: "l_secret") { id } }', {}, headers);
    const spans = await setup.receiver.trace(traceId);
    expect(spanNamed(spans, 'query').attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Mine',
    });
  });

  test('tells nothing of who asked, and for what', async () => {
    await using running = await setup.start(web);
    const callers = [newCallersSpan(), newCallersSpan(), newCallersSpan()] as const;
    await running.screen('Dashboard', {}, callers[0].headers);
    await running.screen('LoanPage', { id: 'l_7' }, callers[1].headers);
    await running.query('{ loan(id: "l_secret") { id } }', {}, callers[2].headers);
    const spans = await Promise.all(callers.map(({ traceId }) => setup.receiver.trace(traceId)));
    expect(spans.flat().length).toBeGreaterThan(20);
    expect(JSON.stringify(spans)).not.toMatch(/m_42|l_7|l_secret|b_\d|Ada/);
  });

  test('begins a trace where its caller has none', async () => {
    await using running = await setup.start(mobile);
    const before = setup.receiver.arrived.length;
    await running.query('{ home { greeting } }');
    const [call] = setup.services.arrived;
    const [, traceId = ''] = String(call?.headers['traceparent']).split('-');
    const spans = await setup.receiver.trace(traceId);
    expect(spanNamed(spans, 'POST /graphql').parentSpanId).toBe('');
    expect(setup.receiver.arrived.length).toBeGreaterThan(before);
  });
});

describe('what services are told', () => {
  test('is the span of the attempt; tracestate and baggage go on as they came', async () => {
    await using running = await setup.start(web);
    const { traceId, headers } = newCallersSpan();
    await running.screen('Dashboard', { first: 3 }, { ...headers, tracestate: 'a=1,b=2', baggage: 'k=v' });
    const spans = await setup.receiver.trace(traceId);
    const attempts = spans.filter(({ kind }) => kind === 'CLIENT');
    expect(setup.services.arrived.map(({ headers: { traceparent } }) => traceparent).sort()).toEqual(
      attempts.map(({ spanId }) => `00-${traceId}-${spanId}-01`).sort(),
    );
    for (const { headers: sent } of setup.services.arrived) {
      expect(sent).toMatchObject({ tracestate: 'a=1,b=2', baggage: 'k=v' });
    }
    expect(new Set(spans.map(({ traceState }) => traceState))).toEqual(new Set(['a=1,b=2']));
  });

  test('stays as it came in a trace that is not sampled, of which nothing is exported', async () => {
    await using running = await setup.start(mobile);
    const unsampled = newCallersSpan();
    const traceparent = unsampled.headers.traceparent.replace(/01$/, '00');
    await running.query('{ home { greeting } }', {}, { traceparent, tracestate: 'a=1' });
    expect(setup.services.arrived.map(({ headers }) => headers)).toMatchObject([{ traceparent, tracestate: 'a=1' }]);
    const sampled = newCallersSpan();
    await running.query('{ home { greeting } }', {}, sampled.headers);
    await setup.receiver.trace(sampled.traceId);
    expect(setup.receiver.spans.filter(({ traceId }) => traceId === unsampled.traceId)).toEqual([]);
  });

  test.each([
    ['always_off', '1', '00'],
    ['traceidratio', '0', '00'],
    ['traceidratio', '1', '01'],
    ['parentbased_traceidratio', '0', '01'],
    ['parentbased_always_off', '1', '01'],
  ])('%s by %s makes of a sampled trace one with the flags %s, in a span of its own', async (sampler, ratio, flags) => {
    const environment = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio };
    await using running = await setup.start(mobile, environment);
    const { traceId, spanId, headers } = newCallersSpan();
    await running.query('{ home { greeting } }', {}, headers);
    const [version, trace, span, sent] = String(setup.services.arrived[0]?.headers['traceparent']).split('-');
    expect([version, trace, sent]).toEqual(['00', traceId, flags]);
    expect(span).toMatch(/^[0-9a-f]{16}$/);
    expect(span).not.toBe(spanId);
  });

  test('is a trace that nobody samples, where a new one is not', async () => {
    await using running = await setup.start(mobile, { OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    await running.screen('Home');
    const sent = setup.services.arrived.map(({ headers }) => String(headers['traceparent']));
    expect(sent.length).toBeGreaterThan(1);
    expect(new Set(sent).size).toBe(1);
    expect(sent[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });
});

describe('errors', () => {
  test('of a service mark its attempt, its batch and the operation; the answer is sound', async () => {
    await using running = await setup.start(mobile);
    setup.services.ill.set('library', (response) => response.writeHead(500).end());
    const { traceId, headers } = newCallersSpan();
    await running.screen('Home', {}, headers);
    const spans = await setup.receiver.trace(traceId);
    const marked = spans
      .filter(({ isError }) => isError)
      .map(({ name, attributes }) => [name, attributes['error.type']]);
    expect(marked.sort()).toEqual([
      ['GET /readings', '500'],
      ['library GET /readings', 'SERVICE_UNAVAILABLE'],
      ['query Home', 'SERVICE_UNAVAILABLE'],
    ]);
    expect(spanNamed(spans, 'query Home').attributes['facet.errors']).toBe(1);
    expect(spanNamed(spans, 'POST /graphql').attributes['http.response.status_code']).toBe(200);
  });

  test('of a service that does not answer say that it took too long', async () => {
    await using running = await setup.start(mobile, { SERVICE_TIMEOUT_MS: '50' });
    setup.services.ill.set('library', () => {});
    const { traceId, headers } = newCallersSpan();
    await running.screen('Home', {}, headers);
    const { attributes } = spanNamed(await setup.receiver.trace(traceId), 'GET /readings');
    expect(attributes['error.type']).toBe('SERVICE_TIMEOUT');
    expect(attributes).not.toHaveProperty('http.response.status_code');
  });

  test('of an answer that is no JSON say so, beside its status', async () => {
    await using running = await setup.start(mobile);
    setup.services.ill.set('loans', (response) => response.writeHead(200).end('no JSON'));
    const { traceId, headers } = newCallersSpan();
    await running.screen('Home', {}, headers);
    const { attributes } = spanNamed(await setup.receiver.trace(traceId), 'GET /loans');
    expect(attributes).toMatchObject({ 'error.type': 'SERVICE_BAD_RESPONSE', 'http.response.status_code': 200 });
  });

  test('of the caller are none of ours', async () => {
    await using running = await setup.start(mobile);
    const refused = newCallersSpan();
    await running.query('{ home { greeting } }', {}, { ...refused.headers, 'X-Member-Id': '' });
    const [refusal, ...below] = await setup.receiver.trace(refused.traceId);
    expect(below).toEqual([]);
    expect(refusal).toMatchObject({ isError: false, attributes: { 'http.response.status_code': 401 } });
    const wrong = newCallersSpan();
    await running.screen('Home', { first: 1_000 }, wrong.headers);
    const spans = await setup.receiver.trace(wrong.traceId);
    expect(spans.map(({ name, isError }) => [name, isError])).toEqual([
      ['POST /graphql', false],
      ['query Home', false],
    ]);
    expect(spanNamed(spans, 'query Home').attributes['error.type']).toBe('BAD_USER_INPUT');
  });

  test('of this server are', async () => {
    await using running = await setup.start(mobile, { MAX_IN_FLIGHT: '1' });
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    setup.services.gate = () => {
      arrive();
      return opened;
    };
    const first = running.query('{ home { greeting } }');
    await arrived;
    const { traceId, headers } = newCallersSpan();
    expect((await running.query('{ home { greeting } }', {}, headers)).status).toBe(503);
    open();
    await first;
    expect(await setup.receiver.trace(traceId)).toMatchObject([
      { isError: true, attributes: { 'http.response.status_code': 503, 'error.type': '503' } },
    ]);
  });

  test('are not what a caller leaves behind who hangs up', async () => {
    await using running = await setup.start(mobile);
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    setup.services.ill.set('members', () => arrive());
    const { traceId, headers } = newCallersSpan();
    const gone = new AbortController();
    const answer = fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'X-Member-Id': 'm_42' },
      body: '{"query":"{ home { greeting } }"}',
      signal: gone.signal,
    });
    await arrived;
    gone.abort();
    await expect(answer).rejects.toThrow();
    const spans = await setup.receiver.trace(traceId);
    expect(spans.filter(({ isError }) => isError).map(({ name }) => name)).toEqual([]);
    const cancelled = spans.filter(({ attributes }) => attributes['facet.cancelled']).map(({ name }) => name);
    expect(cancelled.sort()).toEqual(['GET /members?ids={ids}', 'POST /graphql', 'members GET /members?ids', 'query']);
  });
});
