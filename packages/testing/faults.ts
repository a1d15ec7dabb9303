import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type Inflict, passOn, REFUSE, type UpstreamAnswer } from './fault-proxy.ts';

export interface Fault {
  readonly name: string;
  readonly inflict: Inflict | typeof REFUSE;
  /** Code of the errors that it may cause; undefined where it must cause none. */
  readonly code: RegExp | undefined;
  /** Whether every screen that asks the service has to say so. */
  readonly alwaysFails: boolean;
  /** Whether rows that were asked for by key may be null without an error: a null in a batch says that there is no such row. */
  readonly mayLackRows: boolean;
  /** What the same change makes of the items of an answered list: a list is whatever its service says. */
  readonly list: (items: readonly unknown[]) => readonly unknown[];
  /** Whether a long text of the fault may appear in the response: Facet passes ids and plain texts on unchanged. */
  readonly passesOn: boolean;
  /** Whether it is found only when a row is put into the answer, where nothing tells whose row it was. */
  readonly isFoundInRow: boolean;
  /** Whether it is injected into several services at once, too. */
  readonly isMain: boolean;
}

/** Length of the texts in place of others, in characters. */
export const MEGABYTE = 1024 * 1024;
const TRICKLE_MS = 1_000;

const UNAVAILABLE = /^SERVICE_UNAVAILABLE$/;
/** Code of the errors of faults that only time ends: that of the service, and that of the whole request. */
export const TIMEOUT = /^SERVICE_TIMEOUT$/;
export const DEADLINE = /^DEADLINE_EXCEEDED$/;
const REJECTED = /^SERVICE_REJECTED$/;
const BAD_RESPONSE = /^SERVICE_BAD_RESPONSE$/;

const ENUMS = ['status', 'currency', 'genre'];

/** A text by which patterns that are not linear take minutes. */
const LONG_TEXT = 'a'.repeat(MEGABYTE);
/** So many values are replaced by it: an answer of more than 5 MB is refused for its size alone. */
const LONG_TEXTS = 3;

/** Everything that a service can do to its callers. */
export const FAULTS: readonly Fault[] = [
  { ...failing('connection refused', REFUSE, UNAVAILABLE), isMain: true },
  failing('reset before the headers', (_, response) => void response.socket?.resetAndDestroy(), UNAVAILABLE),
  failing('reset within the body', cutAfterHalf, BAD_RESPONSE),
  { ...failing('hangs before the headers', () => {}, TIMEOUT), isMain: true },
  failing('hangs until the deadline', () => {}, DEADLINE),
  failing('one byte a second', trickle, TIMEOUT),
  { ...failing('500', status(500), UNAVAILABLE), isMain: true },
  failing('502', status(502), UNAVAILABLE),
  failing('503', status(503), UNAVAILABLE),
  failing('503 with Retry-After', status(503, { 'retry-after': '60' }), UNAVAILABLE),
  failing('429', status(429), UNAVAILABLE),
  failing('429 with Retry-After', status(429, { 'retry-after': '60' }), UNAVAILABLE),
  { ...failing('200 with HTML', body('text/html', '<!doctype html><h1>Welcome</h1>'), BAD_RESPONSE), isMain: true },
  failing('200 with cut JSON', (answer, response) => passOn(half(answer), response), BAD_RESPONSE),
  failing('object for array, array for object', json(otherShape), BAD_RESPONSE),
  {
    ...failing('strings for numbers', json(deep(textForNumber)), BAD_RESPONSE),
    alwaysFails: false,
    isFoundInRow: true,
  },
  { ...failing('null rows', json(nullRows), BAD_RESPONSE), alwaysFails: false, mayLackRows: true },
  harmless('rows out of order', (all) => all.toReversed()),
  harmless('duplicate rows', (all) => all.flatMap((row) => [row, row])),
  { ...harmless('missing rows', (all) => all.slice(1)), mayLackRows: true },
  harmless('extra rows', (all) => [...all, ...all.map(stranger)]),
  {
    ...failing('1 MB strings for numbers', json(longTextFor((_, value) => typeof value === 'number')), BAD_RESPONSE),
    alwaysFails: false,
    isFoundInRow: true,
  },
  {
    ...failing('1 MB strings for ids', json(longTextFor((name) => /^id$|Id$/.test(name))), BAD_RESPONSE),
    alwaysFails: false,
    isFoundInRow: true,
    mayLackRows: true,
    passesOn: true,
  },
  {
    ...failing('1 MB strings for enums', json(longTextFor((name) => ENUMS.includes(name))), BAD_RESPONSE),
    alwaysFails: false,
    isFoundInRow: true,
    passesOn: true,
  },
  failing('400 with a message of 1 MB', problem(400), REJECTED),
  failing('500 with a message of 1 MB', problem(500), UNAVAILABLE),
  failing('200 with 1 MB of text', body('application/json', LONG_TEXT), BAD_RESPONSE),
  failing('50 MB', large, BAD_RESPONSE),
  failing('50 MB of unknown length', largeInChunks, BAD_RESPONSE),
  failing('gzip bomb', gzipBomb, BAD_RESPONSE),
  failing('redirect to another host', status(302, { location: 'http://198.51.100.1/' }), BAD_RESPONSE),
  failing('socket closed slowly', closeSlowly, TIMEOUT),
  failing('content length too large', lengthOff(10), BAD_RESPONSE),
  failing('content length too small', lengthOff(-10), BAD_RESPONSE),
  failing('headers of 100 KB', (answer, response) => passOn(withLargeHeaders(answer), response), BAD_RESPONSE),
];

function failing(name: string, inflict: Fault['inflict'], code: RegExp): Fault {
  return {
    name,
    inflict,
    code,
    alwaysFails: true,
    mayLackRows: false,
    list: (items) => items,
    passesOn: false,
    isFoundInRow: false,
    isMain: false,
  };
}

/** Other rows than were asked for, or in another order. */
function harmless(name: string, list: Fault['list']): Fault {
  return { ...failing(name, json(rows(list)), /^no error$/), code: undefined, alwaysFails: false, list };
}

function status(code: number, headers: Record<string, string> = {}): Inflict {
  return (_, response) => response.writeHead(code, headers).end();
}

function body(contentType: string, text: string): Inflict {
  return (_, response) => response.writeHead(200, { 'content-type': contentType }).end(text);
}

/** An answer of the service, changed. What is not JSON at all is passed on. */
function json(change: (value: unknown) => unknown): Inflict {
  return (answer, response) => {
    if (answer.status !== 200) return passOn(answer, response);
    passOn({ ...answer, body: Buffer.from(JSON.stringify(change(JSON.parse(answer.body.toString())))) }, response);
  };
}

function otherShape(value: unknown): unknown {
  return Array.isArray(value) ? { rows: value } : [value];
}

function nullRows(value: unknown): unknown {
  return Array.isArray(value) ? [null, ...value.slice(1)] : null;
}

/** A long text in place of the first values for which `isOne` holds. */
function longTextFor(isOne: (name: string, value: unknown) => boolean): (value: unknown) => unknown {
  return (value) => {
    let left = LONG_TEXTS;
    return JSON.parse(JSON.stringify(value), (name, part: unknown) => {
      if (left === 0 || typeof part === 'object' || !isOne(name, part)) return part;
      left -= 1;
      return LONG_TEXT;
    });
  };
}

/** An error as the services tell it (RFC 9457). */
function problem(status: number): Inflict {
  const text = JSON.stringify({ status, title: LONG_TEXT, detail: LONG_TEXT });
  return (_, response) => response.writeHead(status, { 'content-type': 'application/problem+json' }).end(text);
}

function textForNumber(value: unknown): unknown {
  return typeof value === 'number' ? 'seven' : value;
}

function stranger(row: unknown): unknown {
  return { ...(row as object), id: `stranger_${(row as { id: string }).id}` };
}

function rows(change: (rows: readonly unknown[]) => readonly unknown[]): (value: unknown) => unknown {
  return (value) => (Array.isArray(value) ? change(value) : value);
}

function deep(change: (value: unknown) => unknown): (value: unknown) => unknown {
  return (value) => JSON.parse(JSON.stringify(value), (_, part) => change(part));
}

function half(answer: UpstreamAnswer): UpstreamAnswer {
  return { ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length / 2)) };
}

function head(response: ServerResponse, length: number): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
}

function cutAfterHalf(answer: UpstreamAnswer, response: ServerResponse): void {
  head(response, answer.body.length);
  response.write(half(answer).body, () => setTimeout(() => response.socket?.resetAndDestroy(), 10));
}

function trickle(answer: UpstreamAnswer, response: ServerResponse): void {
  head(response, answer.body.length);
  let sent = 0;
  const next = () => {
    response.write(answer.body.subarray(sent, sent + 1));
    sent += 1;
  };
  const timer = setInterval(next, TRICKLE_MS);
  response.once('close', () => clearInterval(timer));
  next();
}

/** All of the answer but its end, and then nothing for as long as anybody waits. */
function closeSlowly(answer: UpstreamAnswer, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
  response.write(answer.body);
}

function large(_: UpstreamAnswer, response: ServerResponse): void {
  const length = 50 * MEGABYTE;
  head(response, length);
  response.end(Buffer.alloc(length, ' '));
}

function largeInChunks(_: UpstreamAnswer, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = Buffer.alloc(MEGABYTE, ' ');
  let left = 50;
  const next = () => {
    if (response.destroyed) return;
    left -= 1;
    if (left === 0) response.end(chunk);
    else response.write(chunk, next);
  };
  next();
}

const BOMB = gzipSync(Buffer.alloc(50 * MEGABYTE, '['));

function gzipBomb(_: UpstreamAnswer, response: ServerResponse): void {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': BOMB.length };
  response.writeHead(200, headers).end(BOMB);
}

/** Written past Node's server, which would not announce a wrong length. */
function lengthOff(by: number): Inflict {
  return (answer, response) => {
    const length = answer.body.length + by;
    response.socket?.end(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${answer.body}`,
    );
  };
}

function withLargeHeaders(answer: UpstreamAnswer): UpstreamAnswer {
  return { ...answer, headers: { ...answer.headers, 'x-large': 'x'.repeat(100_000) } };
}
