import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
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
  ['GET http://users:3001/users/u_42?fields=id failed', 'GET http://users:3001/[hidden] failed'],
  ['GET /users?ids=u_42 failed', 'GET /users?[hidden] failed'],
  ['no redis://facet:p%40ss@cache:6379/0 there', 'no redis://[hidden] there'],
  ['connect ECONNREFUSED 127.0.0.1:3001', 'connect ECONNREFUSED 127.0.0.1:3001'],
  ['at file:///facet/shared/graphql/execute.ts:12:3', 'at file:///facet/shared/graphql/execute.ts:12:3'],
])('%j is logged as %j', (text, expected) => {
  expect(redactText(text)).toBe(expected);
});

test.each(['{"name":"Ada"', '[{"name":"Ada Lovelace, of London, who wrote the first program"}', '<html>Ada', 'Ada'])(
  'what JSON.parse says of %j has nothing of it',
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

test('the caller’s own id is hidden wherever it stands', () => {
  expect(redactText('no cart of 4711 at 4711/x', '4711')).toBe('no cart of [hidden] at [hidden]/x');
});

test.each(['a', 'a.', '"', 'cookie', 'token=', 'https://a', '?a', 'eyJ.'])(
  'the log keeps 4,096 characters of a text of 1 MB that repeats %j',
  (part) => {
    const text = part.repeat(1_048_576 / part.length);
    expect(redactText(text).length).toBeLessThan(8_192);
    expect(String(redactReason(text)).length).toBeLessThan(65_536);
    expect(JSON.stringify(new RedactedError(new Error(text)).fields).length).toBeLessThan(65_536);
  },
);

test('a reason quotes nothing', () => {
  expect(redactReason('Int cannot represent non-integer value: "Ada"')).toBe(
    'Int cannot represent non-integer value: "[hidden]"',
  );
  expect(redactReason(undefined)).toBeUndefined();
});

describe('an error', () => {
  test('is whole but for what is personal in it, however deep', () => {
    const error = Object.assign(new RangeError('too far', { cause: new Error('for ada@example.com') }), {
      request: { Headers: { a: 1 }, attempts: [{ email: 'x', ms: 3n }] },
    });
    expect(new RedactedError(error).fields).toMatchObject({
      type: 'RangeError',
      message: 'too far: for [hidden]',
      stack: expect.stringContaining('redact.test.ts'),
      request: { Headers: '[hidden]', attempts: [{ email: '[hidden]', ms: '3' }] },
    });
  });

  test('may hold itself, or anything else', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(JSON.stringify(new RedactedError(Object.assign(new Error('x'), { circle })).fields)).toContain('[hidden]');
    expect(new RedactedError('ada@example.com').fields).toBe('[hidden]');
    expect(new RedactedError(undefined).fields).toBeUndefined();
  });
});

test('a line has nothing under a name that says secret or person', () => {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLog('test', 'info', destination);
  log.info({ headers: { cookie: 's1' }, 'x-user-id': 'u_42', variables: { id: 'o_7' }, url: '/x', ms: 3 }, 'hello');
  log.error(new Error('of ada@example.com'));
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    headers: '[Redacted]',
    'x-user-id': '[Redacted]',
    variables: '[Redacted]',
    url: '[Redacted]',
    ms: 3,
    msg: 'hello',
  });
  expect(lines[1]).not.toContain('ada@example.com');
});
