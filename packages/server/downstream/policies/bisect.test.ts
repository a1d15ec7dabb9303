import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf } from '@facet/testing/internal/services.ts';
import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../request/errors.ts';
import { Loaders } from '../batching/loaders.ts';

const things = batchOf<{ id: string }>()({ service: 'library', path: '/things', rowKey: 'id' });
const keys = Array.from({ length: 100 }, (_, index) => `t${index}`);

/** A service that answers a batch with a bad key with this status, and all others with their rows. */
const startPoisoned = (status: number, ...bad: string[]) =>
  startLocalService((request, response) => {
    const ids = new URL(request.url, 'http://x').searchParams.get('ids')?.split(',') ?? [];
    if (ids.some((id) => bad.includes(id))) response.writeHead(status).end();
    else json(response, ids.map((id) => ({ id })).reverse());
  });

async function load(url: string) {
  await using fetcher = fetcherFor(url);
  const loaders = new Loaders(fetcher.rows, requestContext());
  return await Promise.allSettled(keys.map((key) => loaders.load(things, key)));
}

describe('a bad key in a batch', () => {
  test.each([400, 413, 414, 422, 431])('that the service answers by %i costs its own row alone', async (status) => {
    await using service = await startPoisoned(status, 't37');
    const results = await load(service.url);
    results.forEach((result, index) => {
      if (index === 37) expect(result).toMatchObject({ reason: { code: ErrorCode.ServiceRejected } });
      else expect(result).toEqual({ status: 'fulfilled', value: { id: `t${index}` } });
    });
    expect(service.arrived.length).toBeLessThanOrEqual(17);
  });

  test('that the service answers by 404 is a missing row', async () => {
    await using service = await startPoisoned(404, 't0');
    const [first, ...others] = await load(service.url);
    expect(first).toEqual({ status: 'fulfilled', value: null });
    expect(others.every(({ status }) => status === 'fulfilled')).toBe(true);
  });

  test('among others costs at most 16 additional calls, and the rows not found by then', async () => {
    await using service = await startPoisoned(400, 't5', 't35', 't65', 't95');
    const results = await load(service.url);
    expect(service.arrived).toHaveLength(17);
    const failed = results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    expect(failed).toEqual(expect.arrayContaining([5, 35, 65, 95]));
    expect(failed.length).toBeLessThan(60);
  });

  test.each([401, 403, 409, 429, 500])('is not searched when the service answers %i', async (status) => {
    await using service = await startPoisoned(status, 't37');
    const results = await load(service.url);
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    expect(service.arrived.length).toBeLessThanOrEqual(2);
  });
});

describe('a batch whose URL would exceed 8,000 bytes', () => {
  const long = (count: number, text: string) =>
    Array.from({ length: count }, (_, index) => `${index}_`.padEnd(512, text));

  test.each([
    ['short keys', keys, 1],
    ['15 long keys', long(15, 'x'), 1],
    ['16 long keys', long(16, 'x'), 2],
    ['100 long keys', long(100, 'x'), 8],
  ])('is sent in as few parts as necessary: %s', async (_what, some, calls) => {
    await using service = await startPoisoned(400);
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    expect(await Promise.all(some.map((key) => loaders.load(things, key)))).toEqual(some.map((id) => ({ id })));
    expect(service.arrived).toHaveLength(calls);
    for (const { url } of service.arrived) expect(url.length).toBeLessThanOrEqual(8_000);
  });

  test('takes at most 17 calls; parts that are still too long are sent anyway', async () => {
    const some = Array.from({ length: 100 }, (_, index) => `${index}_${'é'.repeat(250)}`);
    await using service = await startPoisoned(400);
    await using fetcher = fetcherFor(service.url);
    const loaders = new Loaders(fetcher.rows, requestContext());
    const results = await Promise.allSettled(some.map((key) => loaders.load(things, key)));
    const failed = results.filter(({ status }) => status === 'rejected');
    expect(failed).toEqual(failed.map(() => ({ status: 'rejected', reason: REJECTED })));
    expect(results.length - failed.length).toBeGreaterThanOrEqual(50);
    expect(service.arrived.length).toBeLessThanOrEqual(17);
  });
});

const REJECTED = expect.objectContaining({ code: ErrorCode.ServiceRejected });
