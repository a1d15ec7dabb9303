import type { Socket } from 'node:net';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext, servicesAt } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { describe, expect, jest, test } from '@jest/globals';
import { deadlineIn, RESERVE_MS } from '../request/deadline.ts';
import { CallerGoneError, ErrorCode } from '../request/errors.ts';
import { createFetcher } from './fetcher.ts';
import { MAX_RESPONSE_BYTES } from './http/attempt.ts';
import { disconnectServices } from './services.ts';

const privateList = listOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id' });
const publicList = listOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id', public: true });
const call = { endpoint: privateList, path: '/things', keys: 0 };

describe('the headers of a call', () => {
  test('carry identity, request id, trace context and the remaining time', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(service.url);
    const trace = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'x=1', baggage: 'k=v' };
    await fetcher.fetch(call, requestContext({ remainingMs: () => 1234.5, trace }));
    expect(service.arrived[0]?.headers).toMatchObject({
      accept: 'application/json',
      'x-member-id': 'm_42',
      'x-request-id': 'test-request',
      'x-request-timeout-ms': '1234',
      ...trace,
    });
  });

  test('carry no identity to a public endpoint', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(service.url);
    await fetcher.fetch({ ...call, endpoint: publicList }, requestContext());
    expect(Object.keys(service.arrived[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['x-member-id']));
    expect(service.arrived[0]?.headers['x-request-id']).toBe('test-request');
  });

  test('go to the base path of the service', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(`${service.url}/base/`);
    await fetcher.fetch(call, requestContext());
    expect(service.arrived[0]?.url).toBe('/base/things');
  });
});

test('a call with an injected fault does not count as a call of the service', async () => {
  await using service = await startLocalService((_request, response) => json(response, []));
  const services = servicesAt(service.url);
  const fetch = createFetcher(services);
  const counted = () => [...services.members.calls].length;
  const drills = [{ service: 'members', kind: 'down', ms: 0 }] as const;
  await expect(fetch(call, requestContext({ drills }))).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
  expect(counted()).toBe(0);
  await fetch(call, requestContext());
  expect(counted()).toBe(1);
  await disconnectServices(services);
});

describe('the response of a service', () => {
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
      await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code, service: 'members' });
    }
    // undici does not reuse a connection in the same turn of the event loop, so two of them alternate.
    expect(await service.connections()).toBeLessThanOrEqual(2);
  });

  test('404 is a response without a row', async () => {
    await using service = await startLocalService((_request, response) => response.writeHead(404).end('gone'));
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).resolves.toMatchObject({ json: undefined });
  });

  test('a response in chunks of any size is read completely', async () => {
    const text = JSON.stringify(Array.from({ length: 2_000 }, (_, index) => ({ id: String(index) })));
    await using service = await startLocalService((_request, response) => {
      response.writeHead(200);
      for (let from = 0, size = 1; from < text.length; from += size, size = (size * 7) % 4_001) {
        response.write(text.slice(from, from + size));
      }
      response.end();
    });
    await using fetcher = fetcherFor(service.url);
    const { json: value } = await fetcher.fetch(call, requestContext());
    expect(JSON.stringify(value)).toBe(text);
  });

  test('a byte order mark before JSON is accepted', async () => {
    await using service = await startLocalService((_request, response) => response.end('\uFEFF[{"id": "a"}]'));
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).resolves.toMatchObject({ json: [{ id: 'a' }] });
  });

  test.each([
    ['brackets alone', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
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
      if (announced) response.setHeader('content-length', MAX_RESPONSE_BYTES + 1);
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

  test('a refused connection is SERVICE_UNAVAILABLE and does not reveal the address', async () => {
    const service = await startLocalService(() => {});
    const { url } = service;
    await service[Symbol.asyncDispose]();
    await using fetcher = fetcherFor(url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({
      code: ErrorCode.ServiceUnavailable,
      message: 'The members service is unavailable.',
    });
  });

  test.each([
    ['before', ErrorCode.ServiceUnavailable],
    ['within', ErrorCode.ServiceBadResponse],
  ])('a connection that is reset %s the response is %s', async (when, code) => {
    await using service = await startLocalService((_request, response, raw) => {
      if (when === 'within') response.writeHead(200, { 'content-length': 100 }).write('[');
      setImmediate(() => raw.socket.resetAndDestroy());
    });
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code });
  });

  test('data that is not HTTP is a bad response', async () => {
    await using service = await startLocalService((_request, _response, raw) =>
      raw.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
    );
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext())).rejects.toMatchObject({ code: ErrorCode.ServiceBadResponse });
  });
});

describe('a connection that the service has closed since its last response', () => {
  /** Responds to one request on each connection, and ends the next one this way. */
  const startForgetful = (end: (socket: Socket) => void) => {
    const used = new Set<Socket>();
    return startLocalService((_request, response, { socket }) => {
      if (used.has(socket)) end(socket);
      else json(response, []);
      used.add(socket);
    });
  };

  test.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['ended', (socket) => socket.end()],
  ])('and is %s costs neither a call nor a retry of the budget', async (_how, end) => {
    await using service = await startForgetful(end);
    await using fetcher = fetcherFor(service.url);
    for (let rounds = 0; rounds < 4; rounds += 1) {
      const contexts = Array.from({ length: 20 }, () => requestContext());
      await Promise.all(contexts.map((context) => fetcher.fetch(call, context)));
      const attempts = contexts.map(({ ledger }) => ledger.entries[0]?.attempts);
      expect(attempts).toEqual(Array(20).fill(rounds === 0 ? 1 : 2));
    }
    expect(service.arrived).toHaveLength(20 + 3 * 40);
  });

  test('is dropped with all others that have been idle for as long', async () => {
    let isRestarted = false;
    const old = new Set<Socket>();
    await using service = await startLocalService((_request, response, { socket }) => {
      if (isRestarted && old.has(socket)) socket.resetAndDestroy();
      else json(response, []);
      if (!isRestarted) old.add(socket);
    });
    await using fetcher = fetcherFor(service.url);
    const callTimes = async (times: number) => {
      const contexts = Array.from({ length: times }, () => requestContext());
      await Promise.all(contexts.map((context) => fetcher.fetch(call, context)));
      return contexts.map(({ ledger }) => ledger.entries[0]?.attempts);
    };
    await callTimes(8);
    isRestarted = true;
    expect(await callTimes(1)).toEqual([2]);
    expect(await callTimes(8)).toEqual(Array(8).fill(1));
  });

  test('is not replaced twice for a call: a failure of the new one is left to the retry budget', async () => {
    const well = 10;
    await using service = await startLocalService((_request, response, { socket }) => {
      if (service.arrived.length <= well) json(response, []);
      else socket.resetAndDestroy();
    });
    await using fetcher = fetcherFor(service.url);
    for (let calls = 0; calls < well; calls += 1) await fetcher.fetch(call, requestContext());
    const context = requestContext();
    await expect(fetcher.fetch(call, context)).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable });
    // The old connection, a new one, and a retry that ten calls have earned.
    expect(context.ledger.entries[0]?.attempts).toBe(3);
    expect(service.arrived).toHaveLength(well + 3);
  });
});

describe('the bounds of a call', () => {
  test('never set a timer in the past', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url);
    // The last millisecond passes between two reads of the clock.
    const remaining = [1, -5];
    const remainingMs = () => remaining.shift() ?? -5;
    await expect(fetcher.fetch(call, requestContext({ remainingMs }))).rejects.toMatchObject({
      code: ErrorCode.DeadlineExceeded,
    });
    expect(Math.min(...timers.mock.calls.map(([, delayMs = 0]) => delayMs))).toBe(0);
    timers.mockRestore();
  });

  test('include the service timeout, which also closes the connection', async () => {
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

  test('include the rest of the deadline if it is shorter', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 60_000);
    await expect(fetcher.fetch(call, requestContext({ deadline: deadlineIn(30 + RESERVE_MS) }))).rejects.toMatchObject({
      code: ErrorCode.DeadlineExceeded,
    });
    await service.arrived[0]?.cancelled;
  });

  test('include the timeout of an endpoint', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 60_000);
    const slow = batchOf<{ id: string }>()({ service: 'members', path: '/things', rowKey: 'id', timeoutMs: 30 });
    await expect(fetcher.fetch({ ...call, endpoint: slow }, requestContext())).rejects.toMatchObject({
      code: ErrorCode.ServiceTimeout,
    });
  });

  test('prevent a call after the deadline', async () => {
    await using service = await startLocalService((_request, response) => json(response, []));
    await using fetcher = fetcherFor(service.url);
    await expect(fetcher.fetch(call, requestContext({ remainingMs: () => 0 }))).rejects.toMatchObject({
      code: ErrorCode.DeadlineExceeded,
    });
    expect(service.arrived).toEqual([]);
  });

  test('include the caller, whose hanging up is not a timeout', async () => {
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

  test('also apply to a call that waits for a connection', async () => {
    await using service = await startLocalService(() => {});
    await using fetcher = fetcherFor(service.url, 50);
    const calls = Array.from({ length: 70 }, () => fetcher.fetch(call, requestContext()));
    const results = await Promise.allSettled(calls);
    expect(results.every((result) => result.status === 'rejected')).toBe(true);
    for (const result of results) expect(result).toMatchObject({ reason: { code: ErrorCode.ServiceTimeout } });
  });
});

test('the ledger has every call, including failed ones', async () => {
  await using service = await startLocalService((request, response) => {
    if (request.url === '/things') json(response, [{ id: 'a' }]);
    else response.writeHead(500).end();
  });
  await using fetcher = fetcherFor(service.url);
  const context = requestContext();
  await fetcher.fetch(call, context);
  await expect(fetcher.fetch({ ...call, path: '/ill' }, context)).rejects.toThrow();
  expect(context.ledger.entries).toMatchObject([
    { service: 'members', endpoint: 'GET /things', wave: 1, status: 200, bytes: 12 },
    { service: 'members', endpoint: 'GET /things', wave: 2, status: 500, bytes: 0 },
  ]);
});
