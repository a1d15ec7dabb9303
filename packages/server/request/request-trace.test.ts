import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { ErrorCode, ServiceTimeoutError } from './errors.ts';
import { fieldPathOf } from './field-path.ts';
import { createLedger } from './ledger.ts';
import { RequestTrace } from './request-trace.ts';
import { newSpanId, newTraceId, parseTraceparent, sampledTraceparent } from './trace-context.ts';

const endpoint = {};
const info = (key: string) => ({ path: { key, prev: undefined } });
const wanted = { endpoint, ids: ['a'] };

describe('a trace', () => {
  test('records the fields that loaded a row or a list, each once', () => {
    const trace = new RequestTrace();
    for (const [key, field] of ['ax', 'ay', 'bx', 'ax']) trace.load(endpoint, String(key), info(String(field)));
    trace.load(endpoint, '/things', info('list'));
    const placesOf = (more: object) => trace.fieldsOf({ endpoint, ...more }).map(({ path }) => path);
    expect(placesOf({ ids: ['a', 'b'] })).toEqual(['x', 'y']);
    expect(placesOf({ ids: ['b', 'c'] })).toEqual(['x']);
    expect(placesOf({ list: '/things' })).toEqual(['list']);
    expect(placesOf({})).toEqual([]);
    expect(trace.fieldsOf({ ...wanted, endpoint: {} })).toEqual([]);
    expect([...trace.fields.values()].map(({ path, loads }) => [path, loads])).toEqual([
      ['x', 3],
      ['y', 1],
      ['list', 1],
    ]);
  });

  test('derives the wave of a call from what its fields had to wait for', () => {
    const trace = new RequestTrace();
    const ledger = createLedger(undefined, trace);
    const things = {};
    const below = (above: ReturnType<typeof info>, key: string) => ({ path: { key, prev: above.path } });
    const ask = (key: string, field: Parameters<typeof trace.load>[2]) => {
      trace.load(things, key, field);
      return ledger.begin('library', 'GET /things', 1, { endpoint: things, ids: [key] });
    };
    const slow = ask('slow', info('slow'));
    const quick = ask('quick', info('quick'));
    ledger.end(quick);
    const second = ask('of quick', below(info('quick'), 'other'));
    ledger.end(second);
    // It waited only for the slow call, although two others have ended.
    ledger.end(slow);
    const late = ask('of slow', below(info('slow'), 'other'));
    // A cached row is not a wave; calls that depend on it follow the wave that loaded it.
    trace.load(things, 'of quick', below(info('slow'), 'again'));
    const last = ask('last', { path: { key: 'more', prev: below(info('slow'), 'again').path } });
    trace.load(things, 'kept', info('kept'));
    ledger.hit('library', 'GET /things', 1, 0, { endpoint: things, ids: ['kept'] });
    const first = ask('of kept', below(info('kept'), 'other'));
    expect([slow, quick, second, late, last, first].map(({ wave }) => wave)).toEqual([1, 1, 2, 2, 3, 1]);
    // Without fields, only the time tells the wave.
    expect(ledger.begin('library', 'GET /things', 1, { endpoint: {}, ids: ['x'] }).wave).toBeGreaterThan(1);
  });

  test('records every attempt of a call with its traceparent', () => {
    const traceId = newTraceId();
    const ledger = createLedger(undefined, new RequestTrace(traceId));
    const { trace } = ledger.begin('members', 'GET /members', 1, wanted);
    trace?.begin({ attempts: 1, hedged: false }).end(new ServiceTimeoutError('members', 5));
    const second = trace?.begin({ attempts: 2, hedged: true });
    second?.answered(200, 12);
    second?.end();
    trace?.begin({ attempts: 1, hedged: false }).end(new Error('The caller hung up.'));
    expect(trace?.attempts).toMatchObject([
      { resends: 0, isHedge: false, failure: ErrorCode.ServiceTimeout, status: undefined },
      { resends: 1, isHedge: true, failure: undefined, status: 200, bytes: 12 },
      { failure: 'CANCELLED' },
    ]);
    const sent = trace?.attempts.map(({ traceparent }) => parseTraceparent(traceparent ?? ''));
    expect(sent).toMatchObject(Array(3).fill({ traceId, isSampled: true }));
    expect(new Set(sent?.map(({ spanId }) => spanId)).size).toBe(3);
  });

  test('of an unsampled request has attempts without their own traceparent', () => {
    const ledger = createLedger(undefined, new RequestTrace());
    const { trace } = ledger.begin('members', 'GET /members', 1, wanted);
    expect(trace?.begin({ attempts: 1, hedged: false }).traceparent).toBeUndefined();
  });

  test('is quiet when calls, attempts and background work have ended', async () => {
    const trace = new RequestTrace();
    const ledger = createLedger(undefined, trace);
    const call = ledger.begin('members', 'GET /members', 1, wanted);
    const attempt = call.trace?.begin({ attempts: 1, hedged: false });
    const background = ledger.openBackground();
    const refresh = background.begin('members', 'GET /members', 1, wanted);
    let isQuiet = false;
    trace.whenQuiet(() => {
      isQuiet = true;
    });
    const ends = [() => ledger.end(call), () => background.end(refresh), () => attempt?.end()];
    for (const end of ends) {
      await turn();
      await turn();
      expect(isQuiet).toBe(false);
      end();
    }
    const late = ledger.begin('members', 'GET /members', 1, wanted);
    await turn();
    await turn();
    expect(isQuiet).toBe(false);
    ledger.end(late);
    await turn();
    await turn();
    expect(isQuiet).toBe(true);
    expect(ledger.backgrounds).toEqual([background]);
  });
});

test('the path of a field has no list indexes, and is computed once for all items', () => {
  const fieldNodes = [{}];
  const at = (index: number, name: string) => ({
    path: { key: name, prev: { key: index, prev: { key: 'items', prev: undefined } } },
    fieldNodes,
  });
  expect(fieldPathOf(at(0, 'book'))).toBe('items.book');
  expect(fieldPathOf(at(1, 'another'))).toBe('items.book');
  expect(fieldPathOf({ path: at(1, 'another').path })).toBe('items.another');
});

test('ids match W3C Trace Context, and differ', () => {
  const ids = Array.from({ length: 1_000 }, newSpanId);
  expect(ids.every((id) => /^(?!0{16})[0-9a-f]{16}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  const [traceId, spanId] = [newTraceId(), newSpanId()];
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(parseTraceparent(sampledTraceparent(traceId, spanId))).toEqual({ traceId, spanId, isSampled: true });
  // Later versions start like this one.
  expect(parseTraceparent(`cc-${traceId}-${spanId}-08-more`)).toEqual({ traceId, spanId, isSampled: false });
});
