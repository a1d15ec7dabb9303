import { requestContext } from '@facet/testing/internal/request.ts';
import { anyAnswer, anyCall, heldCalls, newRecord } from '@facet/testing/internal/send.ts';
import { expect, test } from '@jest/globals';
import { CallerGoneError, ErrorCode } from '../../request/errors.ts';
import { limitConcurrency } from './limit.ts';

function limited(limit: number, queue: number, timeoutMs = 60_000) {
  const load = { underWay: 0, waiting: 0, isCircuitClosed: true, circuitOpenings: 0 };
  const { send, arrived } = heldCalls();
  const layer = limitConcurrency({ service: 'loans', limit, queue, timeoutMs, load })(send);
  return { load, arrived, ask: (request = requestContext()) => layer(anyCall, request, newRecord()) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('at most the limit of calls is in flight, and others wait in the order of arrival', async () => {
  const { load, arrived, ask } = limited(2, 10);
  const names = ['a', 'b', 'c', 'd'];
  const answers = names.map((requestId) => ask(requestContext({ requestId })));
  expect(load).toMatchObject({ underWay: 2, waiting: 2 });
  for (let index = 0; index < names.length; index += 1) {
    arrived[index]?.answer();
    await turn();
  }
  expect(await Promise.all(answers)).toEqual(names.map(() => anyAnswer));
  expect(arrived.map(({ caller }) => caller.requestId)).toEqual(names);
  expect(load).toMatchObject({ underWay: 0, waiting: 0 });
});

test('a full queue rejects at once', async () => {
  const { arrived, ask } = limited(1, 1);
  const answers = [ask(), ask()];
  await expect(ask()).rejects.toMatchObject({ code: ErrorCode.ServiceUnavailable, notSent: true });
  arrived[0]?.answer();
  await turn();
  arrived[1]?.answer();
  await Promise.all(answers);
});

test('a call without time left does not wait', async () => {
  const { load, arrived, ask } = limited(1, 1);
  const first = ask();
  const second = ask(requestContext({ remainingMs: () => -5 }));
  expect(load.waiting).toBe(0);
  await expect(second).rejects.toMatchObject({ code: ErrorCode.DeadlineExceeded });
  arrived[0]?.answer();
  await first;
});

test('a caller who hangs up leaves the queue at once', async () => {
  const { load, arrived, ask } = limited(1, 1);
  const gone = new AbortController();
  const first = ask();
  const second = ask(requestContext({ signal: gone.signal }));
  gone.abort(new CallerGoneError());
  expect(load.waiting).toBe(0);
  await expect(second).rejects.toBeInstanceOf(CallerGoneError);
  const third = ask(requestContext({ requestId: 'third' }));
  arrived[0]?.answer();
  await first;
  await turn();
  expect(arrived[1]?.caller.requestId).toBe('third');
  arrived[1]?.answer();
  await third;
});

test.each([
  [10, 60_000, ErrorCode.ServiceTimeout],
  [60_000, 10, ErrorCode.DeadlineExceeded],
])('a call leaves the queue after its timeout (%i ms) or its deadline (%i ms)', async (timeoutMs, left, code) => {
  const { load, arrived, ask } = limited(1, 1, timeoutMs);
  const first = ask();
  await expect(ask(requestContext({ remainingMs: () => left }))).rejects.toMatchObject({ code });
  expect(load).toMatchObject({ underWay: 1, waiting: 0 });
  arrived[0]?.answer();
  await first;
  expect(load.underWay).toBe(0);
});

test('the timeout of an endpoint also bounds the wait', async () => {
  const load = { underWay: 1, waiting: 0, isCircuitClosed: true, circuitOpenings: 0 };
  const layer = limitConcurrency({ service: 'loans', limit: 1, queue: 1, timeoutMs: 60_000, load })(heldCalls().send);
  const hasty = { ...anyCall, endpoint: { ...anyCall.endpoint, timeoutMs: 10 } };
  await expect(layer(hasty, requestContext(), newRecord())).rejects.toMatchObject({ code: ErrorCode.ServiceTimeout });
});

test('a failed call makes room like a successful one', async () => {
  const { load, arrived, ask } = limited(1, 1);
  const answers = [ask(), ask()];
  arrived[0]?.fail(new Error('ill'));
  await expect(answers[0]).rejects.toThrow('ill');
  await turn();
  arrived[1]?.answer();
  await answers[1];
  expect(load.underWay).toBe(0);
});
