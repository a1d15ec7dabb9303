import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { emptyResource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import fc from 'fast-check';
import { createLog } from '../log.ts';
import * as copied from './conventions.ts';
import { contextOf, SpanRecorder, spanOf } from './span.ts';
import { createSpanQueue } from './span-queue.ts';

type Done = Parameters<SpanExporter['export']>[1];

const trace = {
  traceId: 'a'.repeat(32),
  traceState: undefined,
  timeOrigin: 1_800_000_000_000,
  recorder: new SpanRecorder(emptyResource()),
};
const spanNamed = (name: string, more: object = {}): ReadableSpan =>
  spanOf(trace, { name, parent: undefined, startedAt: 1.5, endedAt: 4, attributes: {}, ...more });

/** A queue whose exports wait for the test, with its log. */
function heldQueue(maxQueue: number) {
  const exports: { readonly names: string[]; readonly done: Done }[] = [];
  const exporter: SpanExporter = {
    export: (spans, done) => void exports.push({ names: spans.map(({ name }) => name), done }),
    shutdown: async () => {},
  };
  const logged: object[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      const { msg, failedSpans, tracesWithoutRoom } = JSON.parse(String(chunk));
      logged.push({ msg, failedSpans, tracesWithoutRoom });
      done();
    },
  });
  const settings = { url: 'http://unused', delayMs: 600_000, maxQueue, maxBatch: 2 };
  return { queue: createSpanQueue(settings, createLog('test', 'info', lines), exporter), exports, logged };
}

describe('a queue of spans', () => {
  test('takes whole traces while there is room, and logs at once and at the end how many were dropped', async () => {
    const { queue, exports, logged } = heldQueue(4);
    // Two are sent at once, and four wait.
    queue.add([spanNamed('a1'), spanNamed('a2')]);
    await turn();
    queue.add([spanNamed('b1'), spanNamed('b2'), spanNamed('b3')]);
    queue.add([spanNamed('c1'), spanNamed('c2')]);
    queue.add([spanNamed('d1')]);
    queue.add([spanNamed('e1')]);
    expect(exports.map(({ names }) => names)).toEqual([['a1', 'a2']]);
    expect(logged).toEqual([{ msg: 'traces were not sent', failedSpans: 0, tracesWithoutRoom: 1 }]);
    exports[0]?.done({ code: 0 });
    const closed = queue.close();
    await turn();
    for (const { done } of exports.slice(1)) done({ code: 0 });
    await closed;
    expect(exports.flatMap(({ names }) => names)).toEqual(['a1', 'a2', 'b1', 'b2', 'b3', 'd1']);
    expect(logged).toMatchObject([{ tracesWithoutRoom: 1 }, { tracesWithoutRoom: 1 }]);
  });

  test('continues after a failed export', async () => {
    const { queue, exports, logged } = heldQueue(4);
    queue.add([spanNamed('a1'), spanNamed('a2')]);
    await turn();
    exports[0]?.done({ code: 1, error: new Error('refused') });
    await turn();
    queue.add([spanNamed('b1'), spanNamed('b2')]);
    await turn();
    expect(exports.map(({ names }) => names)).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ]);
    expect(logged).toEqual([{ msg: 'traces were not sent', failedSpans: 2, tracesWithoutRoom: 0 }]);
    exports[1]?.done({ code: 0 });
    await queue.close();
  });
});

describe('a span', () => {
  test('has wall-clock times, and never ends before it starts', () => {
    const { startTime, endTime, duration } = spanNamed('one');
    expect([startTime, endTime, duration]).toEqual([
      [1_800_000_000, 1_500_000],
      [1_800_000_000, 4_000_000],
      [0, 2_500_000],
    ]);
    expect(spanNamed('one', { endedAt: 1 })).toMatchObject({ endTime: startTime, duration: [0, 0] });
  });

  test('that ends with its parent ends at the same nanosecond', () => {
    const moment = fc.nat(1_000_000_000).map((nanoseconds) => nanoseconds / 1_000_000);
    fc.assert(
      fc.property(moment, moment, moment, (...moments) => {
        const [first = 0, second = 0, endedAt = 0] = moments.sort((one, other) => one - other);
        const [parent, child] = [first, second].map((startedAt) => spanNamed('one', { startedAt, endedAt }));
        expect(child?.endTime).toEqual(parent?.endTime);
      }),
    );
  });

  test('has at most 128 links, and counts the dropped ones', () => {
    const links = Array.from({ length: 130 }, () => ({ context: contextOf(trace, 'b'.repeat(16)) }));
    const span = spanNamed('one', { links });
    expect([span.links.length, span.droppedLinksCount]).toEqual([128, 2]);
  });
});

test('copied names of conventions match the package', () => {
  const { FACET: _, ...names } = copied;
  expect(Object.keys(names).length).toBeGreaterThan(0);
  expect(conventions).toMatchObject(names);
});
