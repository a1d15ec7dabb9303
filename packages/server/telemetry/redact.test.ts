import { Writable } from 'node:stream';
import { watchPatterns } from '@facet/testing/internal/watch-patterns.ts';
import { describe, expect, test } from '@jest/globals';
import { MAX_TEXT_LENGTH } from '../request/truncate.ts';
import { createLog } from './log.ts';
import { RedactedError, redactReason, redactText } from './redact.ts';

test.each([
  ['no user ada.lovelace+x@mail.example.com', 'no user [hidden]'],
  ['Authorization: Bearer abc.DEF-123', 'Authorization: [hidden] [hidden]'],
  ['sent Basic QWxhZGRpbjpvcGVu', 'sent Basic [hidden]'],
  ['token=abc; retries=2', 'token=[hidden]; retries=2'],
  ['{"password":"hunter 2","retries":2}', '{"password":[hidden],"retries":2}'],
  ['set-cookie: session=s1; theme=dark\nretries: 2', 'cookie: [hidden]\nretries: 2'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1XzQyIn0.c2ln is old', '[hidden] is old'],
  ['GET http://members:3001/members/m_42?fields=id failed', 'GET http://members:3001/[hidden] failed'],
  ['GET /members?ids=m_42 failed', 'GET /members?[hidden] failed'],
  ['no redis://facet:p%40ss@cache:6379/0 there', 'no redis://[hidden] there'],
  ['connect http://user:p@ss@redis:80/x failed', 'connect http://[hidden]@redis:80/[hidden] failed'],
  ['no amqp://user:pass@queue there', 'no amqp://[hidden]@queue there'],
  ['connect ECONNREFUSED 127.0.0.1:3001', 'connect ECONNREFUSED 127.0.0.1:3001'],
  ['at file:///facet/shared/graphql/execute.ts:12:3', 'at file:///facet/shared/graphql/execute.ts:12:3'],
])('%j is logged as %j', (text, expected) => {
  expect(redactText(text)).toBe(expected);
});

test.each(['{"name":"Ada"', '[{"name":"Ada Lovelace, of London, who wrote the first program"}', '<html>Ada', 'Ada'])(
  'the message of JSON.parse about %j does not quote it',
  (text) => {
    let reason = '';
    try {
      JSON.parse(text);
    } catch (error) {
      reason = String(error);
    }
    expect(reason).toMatch(/JSON/);
    expect(redactText(reason)).not.toMatch(/Ada|Lovelace|London|name/);
  },
);

test('the identity of the caller is hidden everywhere', () => {
  expect(redactText('no cart of 4711 at 4711/x', '4711')).toBe('no cart of [hidden] at [hidden]/x');
});

const MEGABYTE = 1_048_576;

/** Upper bound of a line: the escaped texts of an error and the names of its fields. */
const LONGEST_LINE = 100_000;

describe('a text of 1 MB', () => {
  test.each(['a', 'a.', 'a@', '"', '{"', 'cookie', 'token=', 'https://a', '?a', 'eyJ.', ' is not valid JSON'])(
    'that repeats %j is truncated before a pattern reads it',
    (part) => {
      using watched = watchPatterns();
      const text = part.repeat(MEGABYTE / part.length);
      expect(redactText(text, 'm_42').length).toBeLessThan(8 * MAX_TEXT_LENGTH);
      expect(String(redactReason(text)).length).toBeLessThan(8 * MAX_TEXT_LENGTH);
      expect(JSON.stringify(new RedactedError(new Error(text)).fields()).length).toBeLessThan(LONGEST_LINE);
      expect(watched.longest).toBeGreaterThan(1_000);
      expect(watched.longest).toBeLessThan(8 * MAX_TEXT_LENGTH);
    },
  );

  test('is truncated in every field of a line, at any depth', () => {
    using watched = watchPatterns();
    const { log, lines } = openLog();
    const long = 'x'.repeat(MEGABYTE);
    log.warn(
      { reason: long, kids: [long, 'k1'], deep: { a: { b: long } }, cause: long, paths: Array(1_000).fill('p') },
      long,
    );
    log.error({ err: Object.assign(new Error(long), { body: long, data: long, more: { [long]: long } }) }, 'failed');
    log.error({ err: long }, 'failed');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThan(LONGEST_LINE);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ kids: [expect.stringMatching(/^x+…/), 'k1'] });
    expect(watched.longest).toBeLessThan(8 * MAX_TEXT_LENGTH);
  });

  test('before the frames of a stack leaves room for them', () => {
    const error = new Error('x'.repeat(MEGABYTE), { cause: new Error('y'.repeat(MEGABYTE)) });
    expect(new RedactedError(error).fields()).toMatchObject({
      stack: expect.stringMatching(
        /^Error: x+…[^\n]*\n {4}at .*redact\.test\.ts[\s\S]*\ncaused by: Error: y+…[^\n]*\n {4}at /,
      ),
    });
  });
});

test('a reason has no quoted values', () => {
  expect(redactReason('Int cannot represent non-integer value: "Ada"')).toBe(
    'Int cannot represent non-integer value: "[hidden]"',
  );
  expect(redactReason(undefined)).toBeUndefined();
});

describe('an error', () => {
  test('is complete except for personal data, at any depth', () => {
    const error = Object.assign(new RangeError('too far', { cause: new Error('for ada@example.com') }), {
      request: { Headers: { a: 1 }, attempts: [{ email: 'x', ms: 3n }] },
    });
    expect(new RedactedError(error).fields()).toMatchObject({
      type: 'RangeError',
      message: 'too far: for [hidden]',
      stack: expect.stringContaining('redact.test.ts'),
      request: { Headers: '[hidden]', attempts: [{ email: '[hidden]', ms: '3' }] },
    });
  });

  test('may contain cycles and any other value', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(JSON.stringify(new RedactedError(Object.assign(new Error('x'), { circle })).fields())).toContain('[hidden]');
    expect(new RedactedError('ada@example.com').fields()).toBe('[hidden]');
    expect(new RedactedError(undefined).fields()).toBeUndefined();
  });

  test('has the errors of an AggregateError, and its causes up to the tenth', () => {
    let cause = new Error('cause 0');
    for (let index = 1; index < 1_000; index += 1) cause = new Error(`cause ${index}`, { cause });
    const error = new AggregateError(
      Array.from({ length: 1_000 }, (_, index) => new Error(`error ${index}`)),
      'all',
      {
        cause,
      },
    );
    const { message, aggregateErrors } = new RedactedError(error).fields() as Record<string, unknown>;
    expect(message).toMatch(/^all: cause 999: .*: cause 991$/);
    expect(aggregateErrors).toHaveLength(10);
  });

  test('is bounded in width, depth and length', () => {
    let wide: unknown = 'x'.repeat(10_000);
    for (let depth = 0; depth < 5; depth += 1) {
      wide = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, wide]));
    }
    const error = Object.assign(new Error('wide'), { extensions: wide });
    expect(JSON.stringify(new RedactedError(error).fields()).length).toBeLessThan(LONGEST_LINE);
    const { log, lines } = openLog();
    log.info({ extensions: wide });
    expect(lines[0]?.length).toBeLessThan(LONGEST_LINE);
  });

  const throwing = {
    get message(): never {
      throw new Error('a getter');
    },
  };
  const proxied = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('a proxy');
      },
    },
  );
  test.each([
    ['frozen', Object.freeze(new Error('cold')), 'cold'],
    ['an object with a getter that throws', throwing, '[unreadable]'],
    ['a proxy that throws', proxied, '[unreadable]'],
    ['an Error with a message that is no text', Object.assign(new Error(), { message: 7 }), '7'],
    ['an Error without a stack', Object.assign(new Error('flat'), { stack: undefined }), 'flat'],
    ['a function', () => 'f', 'f'],
    ['a bigint', 12n, '12'],
  ])('may be %s', (_, error, expected) => {
    const { log, lines } = openLog();
    log.error({ err: error, other: error }, 'failed');
    expect(lines[0]).toContain(expected);
  });
});

test('a line has no value under the name of a secret or of personal data', () => {
  const { log, lines } = openLog();
  log.info({ headers: { cookie: 's1' }, 'x-store-id': 'u_42', variables: { id: 'o_7' }, url: '/x', ms: 3 }, 'hello');
  log.error(new Error('of ada@example.com'));
  log.error({ err: Object.assign(new Error('refused'), { sent: { 'X-Store-Id': 'u_42' } }) }, 'failed');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    headers: '[Redacted]',
    'x-store-id': '[Redacted]',
    variables: '[Redacted]',
    url: '[Redacted]',
    ms: 3,
    msg: 'hello',
  });
  expect(lines[1]).not.toContain('ada@example.com');
  expect(lines[2]).not.toContain('u_42');
});

function openLog() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog('test', 'info', destination, 'X-Store-Id'), lines };
}
