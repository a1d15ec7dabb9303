import { describe, expect, test } from '@jest/globals';
import { json, startLocalService } from '../../testing/local-service.ts';
import { fetcherFor, requestContext } from '../../testing/request.ts';
import { deadlineIn, RESERVE_MS } from '../request/deadline.ts';
import { CallerGoneError, ErrorCode } from '../request/errors.ts';
import { MAX_ANSWER_BYTES } from './attempt.ts';
import { batchOf, listOf } from './endpoint.ts';

const privateList = listOf<{ id: string }>()({ service: 'users', path: '/things', rowKey: 'id' });
const publicList = listOf<{ id: string }>()({ service: 'users', path: '/things', rowKey: 'id', public: true });
const call = { endpoint: privateList, path: '/things', keys: 0 };

describe('what a call carries', () => {
  test('identity, request id, trace context and the time that remains', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(service.url);
    const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'x=1', baggage: 'k=v' };
    await fetcher.fetch(call, requestContext({ remainingMs: () => 1234.5, trace }));
    expect(service.arrived[0]?.headers).toMatchObject({
      accept: 'application/json',
      'x-user-id': 'u_42',
      'x-request-id': 'test-request',
      'x-request-timeout-ms': '1234',
      ...trace,
    });
  });

  test('no identity where the endpoint is public', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(service.url);
    await fetcher.fetch({ ...call, endpoint: publicList }, requestContext());
    expect(Object.keys(service.arrived[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['x-user-id']));
    expect(service.arrived[0]?.headers['x-request-id']).toBe('test-request');
  });

  test('the base path of the service', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(`${service.url}/base/`);
    await fetcher.fetch(call, requestContext());
    expect(service.arrived[0]?.url).toBe('/base/things');
  });
});

describe('what a service answers', () => {
  test.each([
    [400, ErrorCode.ServiceRejected],
    [401, ErrorCode.ServiceRejected],
    [403, ErrorCode.ServiceRejected],
    [409, ErrorCode.ServiceRejected],
    [422, ErrorCode.ServiceRejected],
    [429, ErrorCode.ServiceUnavailable],
    [500, ErrorCode.ServiceUnavailable],
    [502, ErrorCode.ServiceUnavailable],
    [503, ErrorCode.ServiceUnavailable],
    [504, ErrorCode.ServiceUnavailable],
    [204, ErrorCode.ServiceBadResponse],
    [302, ErrorCode.ServiceBadResponse],
  ])('%i is %s, and its connection is used again', async (status, code) => {
    await using service = await startLocalService((_request, response) => {
      response
        .writeHead(status, { location: 'http://elsewhere.example/' })
        .end(status === 204 ? undefined : 'x'.repeat(9_000));
    });
    await using fetcher = fetcherFor(service.url);
    for (let round = 0; round < 6; round += 1) {
      await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code, service: 'users' });
    }
    // undici rests a connection for a turn of the event loop, so two of them take turns.
    expect(await service.connections()).toBeLessThanOrEqual(2);
  });

  test('404 is an answer: nothing', async () => {
    await using service = await startLocalService((_request, response) => response.writeHead(404).end('gone'));
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).resolves.toMatchObject({ json: undefined });
  });

  test.each([
    ['HTML', '<!doctype html><p>hello'],
    ['cut JSON', '[{"id": "a"'],
    ['nothing', ''],
  ])('%s with status 200 is a bad response', async (_what, body) => {
    await using service = await startLocalService((_request, response) => response.writeHead(200).end(body));
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code: ErrorCode.ServiceBadResponse });
  });

  test.each([true, false])('more than 5 MB is a bad response, announced (%s) or not', async (announced) => {
    await using service = await startLocalService((_request, response) => {
      if (announced) response.setHeader('content-length', MAX_ANSWER_BYTES + 1);
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const write = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', write);
      write();
    });
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code: ErrorCode.ServiceBadResponse });
    await service.arrived[0]?.cancelled;
  });

  test('a refused connection is unavailable, and says nothing of where', async () => {
    const service = await startLocalService(() => {});
    const { url } = service;
    await service[Symbol.asyncDispose]();
    await using fetcher = fetcherFor(url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({
      code: ErrorCode.ServiceUnavailable,
      message: 'The users service is unavailable.',
    });
  });

  test.each([
    ['before', ErrorCode.ServiceUnavailable],
    ['within', ErrorCode.ServiceBadResponse],
  ])('a connection reset %s the answer is %s', async (when, code) => {
    await using service = await startLocalService((_request, response, raw) => {
      if (when === 'within') response.writeHead(200, { 'content-length': 100 }).write('[');
      setImmediate(() => raw.socket.resetAndDestroy());
    });
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code });
  });

  test('what is no HTTP at all is a bad response', async () => {
    await using service = await startLocalService((_request, _response, raw) =>
      raw.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
    );
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code: ErrorCode.ServiceBadResponse });
  });
});

describe('what bounds a call', () => {
  test('the service timeout cuts it off, for the service too', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 30);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code: ErrorCode.ServiceTimeout });
    await service.arrived[0]?.cancelled;
  });

  test('a body that never ends is cut off as well', async () => {
    await using service = await startLocalService((_request, response) => response.writeHead(200).write('['));
    await using fetcher = fetcherFor(service.url, 30);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code: ErrorCode.ServiceTimeout });
    await service.arrived[0]?.cancelled;
  });

  test('what remains of the deadline, where that is less', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 60_000);
    await expect(fetcher.fetch(call, requestContext({ deadline: deadlineIn(30 + RESERVE_MS) }))).rejects.toMatchObject({
      code: ErrorCode.DeadlineExceeded,
    });
    await service.arrived[0]?.cancelled;
  });

  test('an endpoint may have a timeout of its own', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 60_000);
    const slow = batchOf<{ id: string }>()({ service: 'users', path: '/things', rowKey: 'id', timeoutMs: 30 });
    await expect(fetcher.fetch({ ...call, endpoint: slow }, requestContext())).rejects.toMatchObject({
      code: ErrorCode.ServiceTimeout,
    });
  });

  test('a deadline that is over starts nothing', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext({ remainingMs: () => 0 }))).rejects.toMatchObject({
      code: ErrorCode.DeadlineExceeded,
    });
    expect(service.arrived).toEqual([]);
  });

  test('the caller who hangs up cancels it, and that is no timeout', async () => {
    const caller = new AbortController();
    await using service = await startLocalService(() => caller.abort(new CallerGoneError()));
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext({ signal: caller.signal }))).rejects.toBeInstanceOf(
      CallerGoneError,
    );
    await service.arrived[0]?.cancelled;
    await expect(fetcher.fetch(call, requestContext({ signal: caller.signal }))).rejects.toBeInstanceOf(
      CallerGoneError,
    );
    expect(service.arrived).toHaveLength(1);
  });

  test('a call that waits for a connection gives up in time, too', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 50);
    const calls = Array.from({ length: 70 }, () => fetcher.fetch(call, requestContext()));
    const results = await Promise.allSettled(calls);
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    for (const result of results) expect(result).toMatchObject({ reason: { code: ErrorCode.ServiceTimeout } });
  });
});

test('every call is in the ledger, failed ones too', async () => {
  await using service = await startLocalService((request, response) => {
    if (request.url === '/things') json(response, [{ id: 'a' }]);
    else response.writeHead(500).end();
  });
  await using fetcher = fetcherFor(service.url);
  const context = requestContext();
  await fetcher.fetch(call, context);
  await expect(fetcher.fetch({ ...call, path: '/ill' }, context)).rejects.toThrow();
  expect(context.ledger.entries).toMatchObject([
    { service: 'users', endpoint: 'GET /things', wave: 1, status: 200, bytes: 12 },
    { service: 'users', endpoint: 'GET /things', wave: 2, status: 500, bytes: 0 },
  ]);
});
