import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { fetcherFor, requestContext } from '@facet/testing/internal/request.ts';
import { batchOf, listOf } from '@facet/testing/internal/services.ts';
import { afterEach, describe, expect, test } from '@jest/globals';
import { cachedRows } from '../downstream/cache/cached-rows.ts';
import { EntityCache } from '../downstream/cache/entity-cache.ts';
import { createRefresh } from '../downstream/cache/refresh.ts';
import { createLog } from '../telemetry/log.ts';
import { cacheControlOf, maxAgeOf } from './output/send.ts';

interface Thing {
  readonly id: string;
}

type Headers = Readonly<Record<string, string | string[]>>;

/** What a service answers to a call: a status, headers, or a connection that it closes. */
type Reply = { readonly status?: number; readonly headers?: Headers } | 'reset';

/**
 * What the second of two requests leads to: `cached` (fresh, no call), `stale` (used at once, refreshed in the background),
 * `revalidated` (a 304 confirmed it), `fetched` (a new value), `stale on error` (the call failed) or `failed`.
 */
type Outcome = 'cached' | 'stale' | 'revalidated' | 'fetched' | 'stale on error' | 'failed';

interface Case {
  /** Section of RFC 9111, or of the RFC that it names. */
  readonly section: string;
  readonly what: string;
  /** Headers of the first answer. */
  readonly given: Headers;
  /** Seconds between the first answer and the second request. */
  readonly after: number;
  readonly outcome: Outcome;
  /** The Cache-Control of the second response to our caller. */
  readonly answers: string;
  /** Replies to the calls after the first; by default each is a 200 with the headers of the first. */
  readonly replies?: readonly Reply[];
  /** Calls of the second request, with attempts and without the background; 0 or 1 by the outcome unless given. */
  readonly attempts?: number;
  /** By how much the system time of this machine is set between the requests, in seconds. */
  readonly systemTimeBy?: number;
  /** Seconds that the first answer takes. */
  readonly takes?: number;
  readonly endpoint?: 'list' | 'batch';
}

const common = { service: 'library', rowKey: 'id', public: true } as const;
const things = batchOf<Thing>()({ ...common, path: '/things' });
const list = listOf<Thing>()({ ...common, path: '/list' });

const DATE = 'Fri, 15 Jan 2027 08:00:00 GMT';
const HOUR = 3_600;
const NO_STORE = 'no-store';
const maxAge = (seconds: number) => `public, max-age=${seconds}`;
const cc = (cacheControl: string, more: Headers = {}): Headers => ({ 'cache-control': cacheControl, ...more });
const STALE = 'stale-while-revalidate=30, stale-if-error=600';
const OK = 'public, max-age=60';

const row = (
  section: string,
  what: string,
  given: Headers,
  after: number,
  outcome: Outcome,
  answers: string,
  more: Partial<Case> = {},
): Case => ({ section, what, given, after, outcome, answers, ...more });

/** The call of the second request gets this reply. */
const replying = (status: number, headers: Headers): Partial<Case> => ({ replies: [{ status, headers }] });

/** The call of the second request fails, however often it is sent. */
const failing = (status: number): Partial<Case> => ({ replies: [{ status }, { status }] });

const CASES: readonly Case[] = [
  // Storing
  row('3', 'public with max-age', cc(OK), 30, 'cached', maxAge(30)),
  row('3', 'max-age alone: the service has to say public', cc('max-age=60'), 0, 'fetched', NO_STORE),
  row('3', 'no Cache-Control at all', {}, 0, 'fetched', NO_STORE),
  row('3', 'Set-Cookie', cc(OK, { 'set-cookie': 'a=b' }), 0, 'fetched', NO_STORE),
  row('3', 'no-store beside max-age', cc(`${OK}, no-store`), 0, 'fetched', NO_STORE),
  row('3', 'a new answer that must not be stored replaces the stored one', cc(OK), 60, 'fetched', NO_STORE, {
    replies: [{ headers: cc('private') }],
  }),
  row(
    '3.3',
    'a 206 is not stored, and is no answer to a call without Range',
    cc(OK),
    60,
    'failed',
    NO_STORE,
    replying(206, cc(OK)),
  ),
  row('3', 'a 203 is not an answer of these services', cc(OK), 60, 'failed', NO_STORE, replying(203, cc(OK))),
  row(
    '3.5',
    'must-revalidate alone does not make an answer public',
    cc('max-age=60, must-revalidate'),
    0,
    'fetched',
    NO_STORE,
  ),
  row('3.5', 's-maxage alone does not make an answer public', cc('s-maxage=60'), 0, 'fetched', NO_STORE),

  // Vary
  row(
    '4.1',
    'Vary by headers that all calls send alike',
    cc(OK, { vary: 'Accept, Accept-Encoding' }),
    1,
    'cached',
    maxAge(59),
  ),
  row('4.1', 'Vary: Origin, which is never sent', cc(OK, { vary: 'Origin' }), 1, 'cached', maxAge(59)),
  row('4.1', 'Vary: *', cc(OK, { vary: '*' }), 0, 'fetched', NO_STORE),
  row('4.1', 'Vary: * in a list', cc(OK, { vary: 'Accept, *' }), 0, 'fetched', NO_STORE),
  row('4.1', 'Vary on several lines', cc(OK, { vary: ['Accept', 'X-Request-Id'] }), 0, 'fetched', NO_STORE),
  row('4.1', 'Vary: X-Request-Id', cc(OK, { vary: 'X-Request-Id' }), 0, 'fetched', NO_STORE),
  row('4.1', 'Vary: traceparent', cc(OK, { vary: 'traceparent' }), 0, 'fetched', NO_STORE),
  row('4.1', 'Vary: X-Member-Id', cc(OK, { vary: 'X-Member-Id' }), 0, 'fetched', NO_STORE),
  row('4.1', 'Vary: Accept-Language', cc(OK, { vary: 'Accept-Language' }), 0, 'fetched', NO_STORE),
  row('4.1', 'an empty Vary', cc(OK, { vary: '' }), 1, 'cached', maxAge(59)),

  // Freshness lifetime
  row('4.2', 'one second before the end of its lifetime', cc(OK), 59, 'cached', maxAge(1)),
  row('4.2', 'at the end of its lifetime', cc(OK), 60, 'fetched', maxAge(60)),
  row('4.2', 'less than a second of freshness is not passed on', cc(OK), 59.5, 'cached', NO_STORE),
  row('4.2.1', 's-maxage before max-age', cc('public, max-age=600, s-maxage=60'), 60, 'fetched', maxAge(60)),
  row('4.2.1', 's-maxage longer than max-age', cc('public, max-age=6, s-maxage=60'), 59, 'cached', maxAge(1)),
  row('4.2.1', 'max-age before Expires', cc(OK, { date: DATE, expires: DATE }), 59, 'cached', maxAge(1)),
  row('4.2.1', 'the smallest of several max-age', cc('public, max-age=600, max-age=60'), 60, 'fetched', maxAge(60)),
  row(
    '4.2.1',
    'several lines of Cache-Control',
    cc('', { 'cache-control': ['public', 'max-age=60'] }),
    59,
    'cached',
    maxAge(1),
  ),
  row('4.2.1', 'an invalid max-age is stale', cc('public, max-age=sixty'), 0, 'fetched', NO_STORE),
  row(
    '4.2.1',
    'an invalid max-age does not leave it to Expires',
    cc('public, max-age=x', { date: DATE, expires: 'Fri, 15 Jan 2027 09:00:00 GMT' }),
    0,
    'fetched',
    NO_STORE,
  ),
  row(
    '4.2.1',
    'an invalid s-maxage does not leave it to max-age',
    cc('public, s-maxage=x, max-age=60'),
    0,
    'fetched',
    NO_STORE,
  ),
  row('4.2.1', 'a negative max-age', cc('public, max-age=-60'), 0, 'fetched', NO_STORE),
  row('4.2.1', 'a max-age with a fraction', cc('public, max-age=60.5'), 0, 'fetched', NO_STORE),
  row('4.2.1', 'a max-age without a value', cc('public, max-age'), 0, 'fetched', NO_STORE),
  row('1.2.2', 'a max-age beyond 2^31', cc('public, max-age=99999999999'), 1, 'cached', maxAge(2 ** 31 - 1)),
  row('1.2.2', 'a max-age of 400 digits', cc(`public, max-age=${'9'.repeat(400)}`), 1, 'cached', maxAge(2 ** 31 - 1)),
  row(
    '4.2.2',
    'no heuristic by Last-Modified',
    cc('public', { 'last-modified': 'Fri, 15 Jan 2021 08:00:00 GMT' }),
    0,
    'fetched',
    NO_STORE,
  ),

  // Syntax
  row('5.2', 'directives in upper case', cc('PUBLIC, Max-Age=60'), 59, 'cached', maxAge(1)),
  row('5.2', 'a quoted number', cc('public, max-age="60"'), 59, 'cached', maxAge(1)),
  row('5.2', 'blanks and empty members', cc(' public ,, max-age = 60 ,'), 59, 'cached', maxAge(1)),
  row('5.2', 'a directive within a quoted string', cc('max-age=60, community="a, public, b"'), 0, 'fetched', NO_STORE),
  row('5.2', 'a quoted string that never ends', cc('public, max-age=60, x="no-store'), 0, 'fetched', NO_STORE),
  row('5.2', 'an escaped quote', cc('public, x="\\", no-store", max-age=60'), 1, 'cached', maxAge(59)),
  row('5.2.3', 'unknown directives', cc(`${OK}, community=uci, __proto__=1, constructor`), 1, 'cached', maxAge(59)),

  // Response directives
  row('5.2.2.1', 'max-age=0', cc('public, max-age=0'), 0, 'fetched', NO_STORE),
  row('5.2.2.2', 'must-revalidate while fresh', cc(`${OK}, must-revalidate`), 59, 'cached', maxAge(1)),
  row(
    '5.2.2.2',
    'must-revalidate forbids stale use',
    cc(`${OK}, ${STALE}, must-revalidate`),
    61,
    'fetched',
    maxAge(60),
  ),
  row(
    '5.2.2.2',
    'must-revalidate forbids stale use on errors',
    cc(`${OK}, ${STALE}, must-revalidate`),
    61,
    'failed',
    NO_STORE,
    failing(503),
  ),
  row(
    '5.2.2.3',
    'must-understand does not lift no-store',
    cc(`${OK}, must-understand, no-store`),
    0,
    'fetched',
    NO_STORE,
  ),
  row('5.2.2.3', 'must-understand with a 200', cc(`${OK}, must-understand`), 1, 'cached', maxAge(59)),
  row(
    '5.2.2.4',
    'no-cache revalidates',
    cc(`${OK}, no-cache`, { etag: '"1"' }),
    0,
    'revalidated',
    NO_STORE,
    replying(304, cc(`${OK}, no-cache`, { etag: '"1"' })),
  ),
  row(
    '5.2.2.4',
    'no-cache with field names is taken for all',
    cc(`${OK}, no-cache="set-cookie"`),
    0,
    'fetched',
    NO_STORE,
  ),
  row(
    '5.2.2.4',
    'no-cache forbids stale use on errors',
    cc(`${OK}, ${STALE}, no-cache`),
    0,
    'failed',
    NO_STORE,
    failing(503),
  ),
  row('5.2.2.7', 'private', cc('private, max-age=60'), 0, 'fetched', NO_STORE),
  row('5.2.2.7', 'private with field names is taken for all', cc(`${OK}, private="x-a"`), 0, 'fetched', NO_STORE),
  row('5.2.2.8', 'proxy-revalidate while fresh', cc(`${OK}, proxy-revalidate`), 59, 'cached', maxAge(1)),
  row(
    '5.2.2.8',
    'proxy-revalidate forbids stale use',
    cc(`${OK}, ${STALE}, proxy-revalidate`),
    61,
    'fetched',
    maxAge(60),
  ),
  row(
    '5.2.2.10',
    's-maxage forbids stale use',
    cc('public, s-maxage=1, stale-while-revalidate=10'),
    2,
    'fetched',
    maxAge(1),
  ),
  row(
    '5.2.2.10',
    's-maxage forbids stale use of a batch',
    cc('public, s-maxage=1, stale-while-revalidate=10'),
    2,
    'fetched',
    maxAge(1),
    { endpoint: 'batch' },
  ),
  row(
    '5.2.2.10',
    's-maxage forbids stale use on errors',
    cc('public, s-maxage=1, stale-if-error=600'),
    2,
    'failed',
    NO_STORE,
    failing(503),
  ),
  row('RFC 8246', 'immutable changes nothing', cc(`${OK}, immutable`), 60, 'fetched', maxAge(60)),
  row('RFC 8246', 'immutable alone grants nothing', cc('public, immutable'), 0, 'fetched', NO_STORE),
  row('5.4', 'Pragma is not a response header', cc(OK, { pragma: 'no-cache' }), 1, 'cached', maxAge(59)),
  row('5.5', 'Warning is obsolete', cc(OK, { warning: '110 - "stale"' }), 1, 'cached', maxAge(59)),

  // Expires and Date
  row(
    '5.3',
    'Expires counts from Date',
    cc('public', { date: DATE, expires: 'Fri, 15 Jan 2027 08:01:00 GMT' }),
    59,
    'cached',
    maxAge(1),
  ),
  row(
    '5.3',
    'Expires is reached',
    cc('public', { date: DATE, expires: 'Fri, 15 Jan 2027 08:01:00 GMT' }),
    60,
    'fetched',
    maxAge(60),
  ),
  row(
    '5.3',
    'Expires by the older date forms',
    cc('public', { date: 'Fri Jan 15 08:00:00 2027', expires: 'Friday, 15-Jan-27 08:01:00 GMT' }),
    59,
    'cached',
    maxAge(1),
  ),
  row('5.3', 'Expires: 0', cc('public', { date: DATE, expires: '0' }), 0, 'fetched', NO_STORE),
  row('5.3', 'an invalid Expires', cc('public', { date: DATE, expires: 'in an hour' }), 0, 'fetched', NO_STORE),
  row(
    '5.3',
    'Expires before Date',
    cc('public', { date: DATE, expires: 'Fri, 15 Jan 2027 07:59:00 GMT' }),
    0,
    'fetched',
    NO_STORE,
  ),
  row(
    '5.3',
    'two Expires',
    cc('public', { date: DATE, expires: ['Fri, 15 Jan 2027 08:01:00 GMT', 'Fri, 15 Jan 2027 09:00:00 GMT'] }),
    0,
    'fetched',
    NO_STORE,
  ),
  row(
    '5.3',
    'Expires beyond 2^31 seconds',
    cc('public', { date: DATE, expires: 'Fri, 31 Dec 9999 23:59:59 GMT' }),
    1,
    'cached',
    maxAge(2 ** 31 - 1),
  ),
  row(
    '5.3',
    'Expires beside an invalid Date',
    cc('public', { date: 'now', expires: 'Fri, 15 Jan 2027 08:01:00 GMT' }),
    0,
    'fetched',
    NO_STORE,
  ),
  row(
    '4.2.3',
    'a Date of an hour ago: the service has another clock, and Age tells the age',
    cc(OK, { date: 'Fri, 15 Jan 2027 07:00:00 GMT' }),
    59,
    'cached',
    maxAge(1),
  ),
  row('4.2.3', 'a Date an hour ahead', cc(OK, { date: 'Fri, 15 Jan 2027 09:00:00 GMT' }), 60, 'fetched', maxAge(60)),

  // Age
  row('5.1', 'Age is taken off', cc(OK, { age: '50' }), 9, 'cached', maxAge(1)),
  row('5.1', 'Age and time together', cc(OK, { age: '50' }), 10, 'fetched', maxAge(10)),
  row('5.1', 'Age larger than the lifetime', cc(OK, { age: '61' }), 0, 'fetched', NO_STORE),
  row('5.1', 'Age beyond 2^31', cc(OK, { age: '9'.repeat(30) }), 0, 'fetched', NO_STORE),
  row('5.1', 'the first of two Ages', cc(OK, { age: ['50', '10'] }), 9, 'cached', maxAge(1)),
  row('5.1', 'an Age that is a list', cc(OK, { age: '50, 10' }), 9, 'cached', maxAge(1)),
  row('5.1', 'an invalid Age is ignored', cc(OK, { age: '-50' }), 59, 'cached', maxAge(1)),
  row('4.2.3', 'the time that the answer took counts', cc(OK), 49, 'cached', maxAge(1), { takes: 10 }),
  row('4.2.3', 'an answer that took longer than its lifetime is stale', cc(OK), 0, 'fetched', maxAge(60), {
    takes: 60,
  }),

  // Clocks
  row('4.2.3', 'the system time goes back an hour while fresh', cc('public, max-age=2'), 1, 'cached', maxAge(1), {
    systemTimeBy: -HOUR,
  }),
  row(
    '4.2.3',
    'the system time goes back an hour, and the lifetime is over',
    cc('public, max-age=2'),
    3,
    'fetched',
    maxAge(2),
    { systemTimeBy: -HOUR },
  ),
  row('4.2.3', 'the system time goes ahead an hour', cc(OK), 59, 'cached', maxAge(1), { systemTimeBy: HOUR }),
  row(
    '5.3',
    'the system time goes back an hour, and Expires is reached',
    cc('public', { date: DATE, expires: 'Fri, 15 Jan 2027 08:01:00 GMT' }),
    60,
    'fetched',
    maxAge(60),
    { systemTimeBy: -HOUR },
  ),

  // Serving stale (RFC 5861)
  row('RFC 5861 3', 'stale-while-revalidate', cc(`${OK}, stale-while-revalidate=30`), 60, 'stale', NO_STORE),
  row(
    'RFC 5861 3',
    'the last second of stale-while-revalidate',
    cc(`${OK}, stale-while-revalidate=30`),
    89,
    'stale',
    NO_STORE,
  ),
  row(
    'RFC 5861 3',
    'stale-while-revalidate is over',
    cc(`${OK}, stale-while-revalidate=30`),
    90,
    'fetched',
    maxAge(60),
  ),
  row(
    'RFC 5861 3',
    'stale-while-revalidate of a batch',
    cc(`${OK}, stale-while-revalidate=30`),
    60,
    'stale',
    NO_STORE,
    { endpoint: 'batch' },
  ),
  row(
    'RFC 5861 3',
    'an invalid stale-while-revalidate',
    cc(`${OK}, stale-while-revalidate=x`),
    60,
    'fetched',
    maxAge(60),
  ),
  row(
    'RFC 5861 3',
    'the smallest of two',
    cc(`${OK}, stale-while-revalidate=30, stale-while-revalidate=1`),
    62,
    'fetched',
    maxAge(60),
  ),
  ...[500, 502, 503, 504].map((status) =>
    row(
      'RFC 5861 4',
      `stale-if-error on a ${status}`,
      cc(`${OK}, stale-if-error=600`),
      659,
      'stale on error',
      NO_STORE,
      failing(status),
    ),
  ),
  row('RFC 5861 4', 'stale-if-error of a batch', cc(`${OK}, stale-if-error=600`), 659, 'stale on error', NO_STORE, {
    endpoint: 'batch',
    replies: [{ status: 500 }],
  }),
  row(
    'RFC 5861 4',
    'stale-if-error on a closed connection',
    cc(`${OK}, stale-if-error=600`),
    60,
    'stale on error',
    NO_STORE,
    { replies: ['reset', 'reset', 'reset'] },
  ),
  row('RFC 5861 4', 'stale-if-error is over', cc(`${OK}, stale-if-error=600`), 660, 'failed', NO_STORE, failing(500)),
  ...[400, 403, 429, 501, 505].map((status) =>
    row(
      'RFC 5861 4',
      `no stale-if-error on a ${status}`,
      cc(`${OK}, stale-if-error=600`),
      61,
      'failed',
      NO_STORE,
      failing(status),
    ),
  ),
  row('4.2.4', 'no stale use without a directive', cc(OK), 61, 'failed', NO_STORE, failing(503)),

  // Validation
  row(
    '4.3.1',
    'an ETag is sent, and a 304 makes it fresh again',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    maxAge(60),
    replying(304, cc(OK, { etag: '"1"' })),
  ),
  row(
    '4.3.1',
    'Last-Modified is sent',
    cc(OK, { 'last-modified': DATE }),
    60,
    'revalidated',
    maxAge(60),
    replying(304, cc(OK, { 'last-modified': DATE })),
  ),
  row('4.3.3', 'a 200 replaces the stored answer', cc(OK, { etag: '"1"' }), 60, 'fetched', maxAge(30), {
    replies: [{ headers: cc('public, max-age=30', { etag: '"2"' }) }],
  }),
  row('4.3.3', 'a 304 to a call without validators', cc(OK), 60, 'failed', NO_STORE, replying(304, cc(OK))),
  row(
    '4.3.4',
    'a 304 with another ETag: the call is repeated without validators',
    cc(OK, { etag: '"1"' }),
    60,
    'fetched',
    maxAge(60),
    {
      replies: [{ status: 304, headers: cc(OK, { etag: '"2"' }) }, { headers: cc(OK, { etag: '"2"' }) }],
      attempts: 2,
    },
  ),
  row('4.3.4', 'a service that answers 304 to the repetition', cc(OK, { etag: '"1"' }), 60, 'failed', NO_STORE, {
    replies: [
      { status: 304, headers: cc(OK, { etag: '"2"' }) },
      { status: 304, headers: cc(OK, { etag: '"2"' }) },
    ],
    attempts: 2,
  }),
  row(
    '4.3.4',
    'a strong ETag in a 304 is not the weak one that is stored',
    cc(OK, { etag: 'W/"1"' }),
    60,
    'fetched',
    maxAge(60),
    {
      replies: [{ status: 304, headers: cc(OK, { etag: '"1"' }) }, {}],
      attempts: 2,
    },
  ),
  row(
    '4.3.4',
    'a weak ETag in a 304 is compared weakly',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    maxAge(60),
    replying(304, cc(OK, { etag: 'W/"1"' })),
  ),
  row('4.3.4', 'a weak ETag in a 304 that is another one', cc(OK, { etag: 'W/"1"' }), 60, 'fetched', maxAge(60), {
    replies: [{ status: 304, headers: cc(OK, { etag: 'W/"2"' }) }, {}],
    attempts: 2,
  }),
  row(
    '4.3.4',
    'a 304 without validators is about the one that was named',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    maxAge(60),
    replying(304, cc(OK)),
  ),
  row('4.3.4', 'a 304 with another Last-Modified', cc(OK, { 'last-modified': DATE }), 60, 'fetched', maxAge(60), {
    replies: [{ status: 304, headers: cc(OK, { 'last-modified': 'Fri, 15 Jan 2027 09:00:00 GMT' }) }, {}],
    attempts: 2,
  }),
  row(
    '4.3.4',
    'a 304 with an ETag for an answer that had none',
    cc(OK, { 'last-modified': DATE }),
    60,
    'fetched',
    maxAge(60),
    {
      replies: [{ status: 304, headers: cc(OK, { etag: '"2"' }) }, {}],
      attempts: 2,
    },
  ),
  row(
    '3.2',
    'a 304 that says nothing of caching leaves it as it was',
    cc(OK, { etag: '"1"', age: '50' }),
    10,
    'revalidated',
    maxAge(60),
    replying(304, { etag: '"1"' }),
  ),
  row(
    '3.2',
    'Cache-Control of a 304 replaces the stored one',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    maxAge(5),
    replying(304, cc('public, max-age=5', { etag: '"1"' })),
  ),
  row(
    '3.2',
    'Age of a 304 counts',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    maxAge(20),
    replying(304, { etag: '"1"', age: '40' }),
  ),
  row(
    '3.2',
    'a 304 that is private',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    NO_STORE,
    replying(304, cc('private', { etag: '"1"' })),
  ),
  row(
    '3.2',
    'a 304 with Vary: *',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    NO_STORE,
    replying(304, { etag: '"1"', vary: '*' }),
  ),
  row(
    '3.2',
    'a 304 with Set-Cookie',
    cc(OK, { etag: '"1"' }),
    60,
    'revalidated',
    NO_STORE,
    replying(304, { etag: '"1"', 'set-cookie': 'a=b' }),
  ),

  row(
    '3.2',
    'a 304 without Date gives no lifetime by a stored Expires',
    cc('public', { etag: '"1"', date: DATE, expires: 'Fri, 15 Jan 2027 08:01:00 GMT' }),
    1_000,
    'revalidated',
    NO_STORE,
    replying(304, { etag: '"1"' }),
  ),

  // Targeted fields
  row(
    'RFC 9213 2.1',
    'CDN-Cache-Control cannot extend the lifetime',
    cc(OK, { 'cdn-cache-control': 'max-age=600' }),
    60,
    'fetched',
    maxAge(60),
  ),
  row(
    'RFC 9213 2.1',
    'CDN-Cache-Control shortens it, since our answers go to CDNs',
    cc(OK, { 'cdn-cache-control': 'max-age=10' }),
    9,
    'cached',
    maxAge(1),
  ),
  row(
    'RFC 9213 2.1',
    'CDN-Cache-Control: no-store',
    cc(OK, { 'cdn-cache-control': 'no-store' }),
    0,
    'fetched',
    NO_STORE,
  ),
  row(
    'RFC 9213 2.1',
    'CDN-Cache-Control without stale-while-revalidate allows none',
    cc(`${OK}, ${STALE}`, { 'cdn-cache-control': 'max-age=60' }),
    61,
    'fetched',
    maxAge(60),
  ),
  row(
    'RFC 9213 2.1',
    'CDN-Cache-Control: must-revalidate forbids stale use',
    {
      'cache-control': 'public, max-age=60, stale-while-revalidate=30, stale-if-error=600',
      'cdn-cache-control': 'max-age=60, must-revalidate',
    },
    61,
    'fetched',
    maxAge(60),
  ),
  row(
    'RFC 9213 2.1',
    'CDN-Cache-Control alone does not make an answer public',
    { 'cdn-cache-control': OK },
    0,
    'fetched',
    NO_STORE,
  ),
  row(
    'RFC 9213 2.1',
    'a malformed CDN-Cache-Control is ignored',
    cc(OK, { 'cdn-cache-control': 'max-age="1' }),
    59,
    'cached',
    maxAge(1),
  ),
];

const log = createLog('test', 'silent');
const pass = stoppedClock();
const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

/** A service with these replies, one after the other, and requests to it through one cache. */
async function startWorld({ given, replies = [], takes = 0, endpoint = 'list' }: Case) {
  let calls = 0;
  const service = await startLocalService((_request, response) => {
    const reply: Reply = calls === 0 ? { headers: given } : (replies[calls - 1] ?? { headers: given });
    if (calls === 0) pass(takes * 1_000);
    calls += 1;
    if (reply === 'reset') {
      response.destroy();
      return;
    }
    const { status = 200, headers = given } = reply;
    // Node adds a Date by its own clock otherwise, which is not the one of this test.
    response.sendDate = false;
    if (status === 200) json(response, [{ id: 'a', version: calls }], headers);
    else response.writeHead(status, headers).end();
  });
  const fetcher = fetcherFor(service.url);
  opened.push(service, fetcher);
  const cache = new EntityCache(1_000_000);
  const rows = cachedRows({
    cache,
    fetch: fetcher.fetch,
    refresh: createRefresh(10_000, log),
  });
  return {
    service,
    lookups: () => cache.lookupsOf(endpoint === 'list' ? list : things),
    async request() {
      const request = requestContext();
      const value = await load(rows, endpoint, request).catch((error: unknown) => error);
      return { value, ledger: request.ledger, cacheControl: cacheControlOf(maxAgeOf(request.ledger)) };
    },
  };
}

async function load(
  rows: ReturnType<typeof cachedRows>,
  endpoint: 'list' | 'batch',
  request: ReturnType<typeof requestContext>,
): Promise<unknown> {
  const [loaded] =
    endpoint === 'list'
      ? (await rows.page(list, '/list', undefined, request)).rows
      : await rows.rows(things, ['a'], undefined, request);
  if (loaded instanceof Error) throw loaded;
  return loaded;
}

function outcomeOf({ value, ledger }: Awaited<ReturnType<Awaited<ReturnType<typeof startWorld>>['request']>>): Outcome {
  if (value instanceof Error) return 'failed';
  const call = ledger.entries.find(({ cached }) => !cached);
  const hit = ledger.entries.find(({ cached }) => cached);
  if (call?.failure !== undefined) return 'stale on error';
  if (call) return call.status === 304 ? 'revalidated' : 'fetched';
  return hit?.staleKeys === 0 ? 'cached' : 'stale';
}

describe('a second request for the same', () => {
  test.each(
    CASES.map((each) => [`RFC 9111, ${each.section}`.replace('RFC 9111, RFC', 'RFC'), each.what, each] as const),
  )('%s: %s', async (_section, _what, each) => {
    const world = await startWorld(each);
    await world.request();
    pass(each.after * 1_000);
    pass.setSystemTime((each.systemTimeBy ?? 0) * 1_000);
    const second = await world.request();
    expect({ outcome: outcomeOf(second), answers: second.cacheControl }).toEqual({
      outcome: each.outcome,
      answers: each.answers,
    });
    const [call] = second.ledger.entries.filter(({ cached }) => !cached);
    const counted = { cached: 'fresh', stale: 'stale' } as const;
    const result = each.outcome === 'cached' || each.outcome === 'stale' ? counted[each.outcome] : 'missed';
    expect(world.lookups()).toMatchObject({ fresh: 0, stale: 0, missed: 1, [result]: result === 'missed' ? 2 : 1 });
    if (each.attempts !== undefined) expect(call?.attempts).toBe(each.attempts);
    // One logical call at most, however often it is sent.
    expect(second.ledger.entries.filter(({ cached }) => !cached).length).toBeLessThanOrEqual(1);
    const version = second.value instanceof Error ? undefined : (second.value as { version: number }).version;
    if (['cached', 'stale', 'revalidated', 'stale on error'].includes(each.outcome)) expect(version).toBe(1);
    if (each.outcome === 'fetched') expect(version).toBeGreaterThan(1);
    if (each.outcome === 'stale') while (world.service.arrived.length < 2) await new Promise(setImmediate);
    // No call to a public endpoint carries an identity (section 3.5).
    for (const { headers } of world.service.arrived) {
      expect(Object.keys(headers)).not.toContain('x-member-id');
      expect(Object.keys(headers)).not.toContain('authorization');
    }
  });
});
