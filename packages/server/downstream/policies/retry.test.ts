import { requestContext } from '@facet/testing/internal/request.ts';
import { anyAnswer, anyCall, newRecord } from '@facet/testing/internal/send.ts';
import { describe, expect, test } from '@jest/globals';
import {
  CallerGoneError,
  ServiceBadResponseError,
  ServiceRejectedError,
  ServiceTimeoutError,
  ServiceUnavailableError,
} from '../../request/errors.ts';
import type { Send } from '../call.ts';
import { createRetryBudget, retry } from './retry.ts';

const plenty = { earn: () => {}, spend: () => true };
const atOnce = () => 0;
const unavailable = (status?: number, retryAfterMs?: number) =>
  new ServiceUnavailableError('loans', undefined, { ...(status === undefined ? {} : { status }), retryAfterMs });

/** Fails with these errors one after another, and succeeds from then on. */
function failing(...errors: Error[]): Send & { readonly calls: () => number } {
  let calls = 0;
  const send: Send = async () => {
    const error = errors[calls];
    calls += 1;
    if (error) throw error;
    return anyAnswer;
  };
  return Object.assign(send, { calls: () => calls });
}

describe('a call is retried', () => {
  test.each([
    ['a failed connection', unavailable()],
    ['502', unavailable(502)],
    ['503', unavailable(503)],
    ['504', unavailable(504)],
    ['429', unavailable(429)],
    ['503 with a Retry-After that fits', unavailable(503, 1)],
  ])('after %s', async (_what, error) => {
    const send = failing(error);
    const record = newRecord();
    await expect(retry(plenty, atOnce)(send)(anyCall, requestContext(), record)).resolves.toBe(anyAnswer);
    expect(send.calls()).toBe(2);
    expect(record.attempts).toBe(2);
  });

  test('at most once', async () => {
    const send = failing(unavailable(502), unavailable(503), unavailable(504));
    await expect(retry(plenty, atOnce)(send)(anyCall, requestContext(), newRecord())).rejects.toMatchObject({
      status: 503,
    });
    expect(send.calls()).toBe(2);
  });
});

describe('a call is not retried', () => {
  test.each([
    ['500', unavailable(500)],
    ['an open circuit or a full queue', new ServiceUnavailableError('loans', undefined, { notSent: true })],
    ['a timeout', new ServiceTimeoutError('loans', 1)],
    ['a bad response', new ServiceBadResponseError('loans')],
    ['a rejection', new ServiceRejectedError('loans', 400)],
    ['a caller who hung up', new CallerGoneError()],
    ['a Retry-After beyond the deadline', unavailable(503, 60_000)],
  ])('after %s', async (_what, error) => {
    const send = failing(error);
    await expect(retry(plenty, atOnce)(send)(anyCall, requestContext(), newRecord())).rejects.toBe(error);
    expect(send.calls()).toBe(1);
  });

  test('when the budget is spent', async () => {
    const send = failing(unavailable(502));
    const none = { earn: () => {}, spend: () => false };
    await expect(retry(none, atOnce)(send)(anyCall, requestContext(), newRecord())).rejects.toMatchObject({
      status: 502,
    });
    expect(send.calls()).toBe(1);
  });

  test('when the caller has hung up, which the next step reports', async () => {
    const caller = new AbortController();
    const signals: boolean[] = [];
    const send: Send = async (_call, { signal }) => {
      signals.push(signal.aborted);
      if (signal.aborted) throw signal.reason;
      caller.abort(new CallerGoneError());
      throw unavailable(503, 50_000);
    };
    const request = requestContext({ signal: caller.signal });
    await expect(retry(plenty, atOnce)(send)(anyCall, request, newRecord())).rejects.toBeInstanceOf(CallerGoneError);
    expect(signals).toEqual([false, true]);
  });
});

describe('the retry budget', () => {
  test('is a fifth of the calls, plus three per second', () => {
    let now = 0;
    const budget = createRetryBudget(() => now);
    let calls = 0;
    let retries = 0;
    // A hundred failing calls per second for a minute.
    for (; now < 60_000; now += 10) {
      budget.earn();
      calls += 1;
      if (budget.spend()) retries += 1;
    }
    expect(retries).toBeLessThanOrEqual(0.2 * calls + 3 * 60);
    expect(retries).toBeGreaterThan(0.9 * (0.2 * calls + 3 * 60));
  });

  test('saves few retries', () => {
    let now = 0;
    const budget = createRetryBudget(() => now);
    for (; now < 3_600_000; now += 10) budget.earn();
    let retries = 0;
    while (budget.spend()) retries += 1;
    expect(retries).toBe(13);
  });
});
