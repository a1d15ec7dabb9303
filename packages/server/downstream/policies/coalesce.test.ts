import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { deadlineIn, RESERVE_MS } from '../../request/deadline.ts';
import { CallerGoneError, ErrorCode } from '../../request/errors.ts';

const things = listOf<{ id: string }>()({ service: 'library', path: '/things', rowKey: 'id', public: true });
const privateThings = listOf<{ id: string }>()({ service: 'loans', path: '/things', rowKey: 'id' });
const call = { endpoint: things, path: '/things', keys: 0 };
const PUBLIC = { 'cache-control': 'public, max-age=60' };

/** A service that responds when the test decides, and a wait for a number of requests. */
async function startGated(headers: Record<string, string> = PUBLIC, status = 200) {
  let arrivals = 0;
  let onArrival = () => {};
  const opened = Promise.withResolvers<void>();
  const service = await startLocalService(async (_request, response) => {
    arrivals += 1;
    onArrival();
    await opened.promise;
    if (response.destroyed) return;
    if (status === 200) json(response, [{ id: 'a' }], headers);
    else response.writeHead(status).end();
  });
  const arrivedOnes = (count: number) =>
    new Promise<void>((resolve) => {
      onArrival = () => arrivals >= count && resolve();
      onArrival();
    });
  return { service, open: opened.resolve, arrivedOnes, fetcher: fetcherFor(service.url) };
}

/** Waits until all ready data has been sent and received. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('identical calls to a public endpoint', () => {
  test('become one call with the first request id, and each ledger records whether it was shared', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    const requests = ['first', 'second', 'third'].map((requestId) => requestContext({ requestId }));
    const answers = requests.map((request) => fetcher.fetch(call, request));
    await arrivedOnes(1);
    await settle();
    open();
    expect((await Promise.all(answers)).map((answer) => answer.json)).toEqual(Array(3).fill([{ id: 'a' }]));
    expect(service.arrived.map(({ headers }) => headers['x-request-id'])).toEqual(['first']);
    expect(requests.map(({ ledger }) => ledger.entries.map(({ shared, status }) => ({ shared, status })))).toEqual([
      [{ shared: false, status: 200 }],
      [{ shared: true, status: 200 }],
      [{ shared: true, status: 200 }],
    ]);
  });

  test('return rows that no request can change', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    const answers = [fetcher.fetch(call, requestContext()), fetcher.fetch(call, requestContext())];
    await arrivedOnes(1);
    open();
    for (const { json: rows } of await Promise.all(answers)) {
      expect(rows).toEqual([{ id: 'a' }]);
      expect((rows as object[]).every(Object.isFrozen)).toBe(true);
    }
  });

  test('are two calls when one ends before the other starts', async () => {
    const { service, fetcher, open } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    open();
    await fetcher.fetch(call, requestContext());
    await fetcher.fetch(call, requestContext());
    expect(service.arrived).toHaveLength(2);
  });

  test('fail together', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated({}, 500);
    await using _service = service;
    await using _fetcher = fetcher;
    const answers = Promise.allSettled([1, 2].map(() => fetcher.fetch(call, requestContext())));
    await arrivedOnes(1);
    open();
    for (const answer of await answers)
      expect(answer).toMatchObject({ reason: { code: ErrorCode.ServiceUnavailable } });
    expect(service.arrived).toHaveLength(1);
  });

  test('are retried by the other callers when the service rejected the first one', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated({}, 431);
    await using _service = service;
    await using _fetcher = fetcher;
    const answers = Promise.allSettled([1, 2, 3].map(() => fetcher.fetch(call, requestContext())));
    await arrivedOnes(1);
    open();
    for (const answer of await answers) expect(answer).toMatchObject({ reason: { code: ErrorCode.ServiceRejected } });
    expect(service.arrived).toHaveLength(2);
  });

  test.each([
    ['private', { 'cache-control': 'private' }],
    ['no-store', { 'cache-control': 'public, no-store' }],
    ['without Cache-Control', {}],
    ['not public despite an x-public directive', { 'cache-control': 'x-public=1' }],
    ['with a cookie', { ...PUBLIC, 'set-cookie': 'a=b' }],
    ['varying by language', { ...PUBLIC, vary: 'Accept-Language' }],
    ['varying by anything', { ...PUBLIC, vary: '*' }],
  ])('are sent by each caller when the response is %s', async (_what, headers) => {
    const { service, fetcher, open, arrivedOnes } = await startGated(headers);
    await using _service = service;
    await using _fetcher = fetcher;
    const requests = ['first', 'second', 'third'].map((requestId) => requestContext({ requestId }));
    const answers = requests.map((request) => fetcher.fetch(call, request));
    await arrivedOnes(1);
    await settle();
    expect(service.arrived).toHaveLength(1);
    open();
    await Promise.all(answers);
    expect(service.arrived.map(({ headers }) => headers['x-request-id']).sort()).toEqual(['first', 'second', 'third']);
    expect(requests.flatMap(({ ledger }) => ledger.entries.map(({ shared }) => shared))).toEqual([false, false, false]);
  });
});

describe('calls that are not identical', () => {
  test.each([
    ['another path', { ...call, path: '/things?limit=2' }],
    ['other validators', { ...call, validators: { 'if-none-match': '"x"' } }],
    ['a private endpoint', { ...call, endpoint: privateThings }],
  ])('are sent separately: %s', async (_what, other) => {
    const { service, fetcher, open, arrivedOnes } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    const answers = [call, other].map((each) => fetcher.fetch(each, requestContext()));
    await arrivedOnes(2);
    open();
    await Promise.all(answers);
  });

  test('are sent separately to a private endpoint, even by one caller', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    const own = { ...call, endpoint: privateThings };
    const answers = [own, own].map((each) => fetcher.fetch(each, requestContext()));
    await arrivedOnes(2);
    open();
    await Promise.all(answers);
  });
});

describe('a caller that leaves', () => {
  test('leaves the call to the remaining callers', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    const gone = new AbortController();
    const first = fetcher.fetch(call, requestContext({ signal: gone.signal }));
    const second = fetcher.fetch(call, requestContext());
    await arrivedOnes(1);
    gone.abort(new CallerGoneError());
    await expect(first).rejects.toBeInstanceOf(CallerGoneError);
    open();
    expect((await second).json).toEqual([{ id: 'a' }]);
    expect(service.arrived).toHaveLength(1);
  });

  test('as the last one cancels the call, which no caller joins any more', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    const gone = new AbortController();
    const answers = [1, 2].map(() => fetcher.fetch(call, requestContext({ signal: gone.signal })));
    await arrivedOnes(1);
    gone.abort(new CallerGoneError());
    const late = fetcher.fetch(call, requestContext());
    for (const answer of answers) await expect(answer).rejects.toBeInstanceOf(CallerGoneError);
    await service.arrived[0]?.cancelled;
    open();
    expect((await late).json).toEqual([{ id: 'a' }]);
    expect(service.arrived).toHaveLength(2);
  });

  test.each([
    ['the first', 30, 60_000],
    ['the second', 60_000, 30],
  ])('by its deadline, %s, gets DEADLINE_EXCEEDED, and the other one keeps waiting', async (_who, ...budgets) => {
    const { service, fetcher, open, arrivedOnes } = await startGated();
    await using _service = service;
    await using _fetcher = fetcher;
    const answers = budgets.map((ms) => fetcher.fetch(call, requestContext({ deadline: deadlineIn(ms + RESERVE_MS) })));
    await arrivedOnes(1);
    const [hasty, patient] = budgets[0] === 30 ? answers : answers.toReversed();
    await expect(hasty).rejects.toMatchObject({ code: ErrorCode.DeadlineExceeded, service: 'library' });
    open();
    expect((await patient)?.json).toEqual([{ id: 'a' }]);
    expect(service.arrived).toHaveLength(1);
  });

  test('by the timeout of the service does so with all others', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 30);
    const requests = [requestContext(), requestContext()];
    const answers = await Promise.allSettled(requests.map((request) => fetcher.fetch(call, request)));
    for (const answer of answers) expect(answer).toMatchObject({ reason: { code: ErrorCode.ServiceTimeout } });
    expect(requests.map(({ ledger }) => ledger.entries.map(({ shared }) => shared))).toEqual([[false], [true]]);
    // A call may time out before it arrives.
    expect(service.arrived.length).toBeLessThanOrEqual(1);
    await service.arrived[0]?.cancelled;
  });

  test('does not retry when it has hardly more time than the first caller', async () => {
    const { service, fetcher, open, arrivedOnes } = await startGated({}, 500);
    await using _service = service;
    await using _fetcher = fetcher;
    // Less than the service's timeout, and more than any machine needs for this test.
    const firstEndsAt = performance.now() + 9_000;
    const until = (endsAt: number) => requestContext({ remainingMs: () => endsAt - performance.now() });
    const first = fetcher.fetch(call, until(firstEndsAt));
    await arrivedOnes(1);
    const second = fetcher.fetch(call, until(firstEndsAt + 20));
    await settle();
    const before = service.arrived.length;
    open();
    await expect(first).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
    await expect(second).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
    expect(service.arrived).toHaveLength(before);
  });

  test('before its start sends no call', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url);
    const signal = AbortSignal.abort(new CallerGoneError());
    await expect(fetcher.fetch(call, requestContext({ signal }))).rejects.toBeInstanceOf(CallerGoneError);
    await expect(fetcher.fetch(call, requestContext({ remainingMs: () => 0.9 }))).rejects.toMatchObject({
      code: ErrorCode.DeadlineExceeded,
    });
    await settle();
    expect(service.arrived).toHaveLength(0);
  });

  test('because of the first caller’s shorter timeout does so alone: callers with more time retry', async () => {
    await using service = await startLocalService((request, response) => {
      // Fails at once when there is too little time.
      if (Number(request.headers['x-request-timeout-ms']) < 9_500) setImmediate(() => response.writeHead(500).end());
      else json(response, [{ id: 'a' }], PUBLIC);
    });
    await using fetcher = fetcherFor(service.url);
    const start = performance.now();
    const ask = (budgetMs: number, requestId: string) =>
      fetcher.fetch(call, requestContext({ remainingMs: () => start + budgetMs - performance.now(), requestId }));
    const answers = [ask(9_000, 'first'), ask(60_000, 'second'), ask(60_000, 'third'), ask(9_000, 'fourth')];
    const [first, second, third, fourth] = await Promise.allSettled(answers);
    expect(first).toMatchObject({ reason: { code: ErrorCode.ServiceUnavailable } });
    expect(fourth).toMatchObject({ reason: { code: ErrorCode.ServiceUnavailable } });
    expect(second).toMatchObject({ value: { json: [{ id: 'a' }] } });
    expect(third).toMatchObject({ value: { json: [{ id: 'a' }] } });
    expect(service.arrived.at(-1)?.headers['x-request-id']).toBe('second');
  });
});
