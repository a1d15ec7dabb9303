import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { OverloadedError, UnauthenticatedError } from '../../request/errors.ts';
import { KeySet } from './key-set.ts';
import { identifyByToken } from './token.ts';
import { createVerifier, type Verify } from './verifier.ts';

const SETTINGS = {
  by: 'jwt',
  jwksUrl: 'http://127.0.0.1:1/jwks.json',
  issuer: 'https://login.internal',
  audience: 'web',
  claim: 'sub',
  type: 'auto',
  maxLifetimeS: 86_400,
} as const;

const letPass = stoppedClock();

/** A request as Node hands it to a server, with these headers in this order. */
function requestWith(...rawHeaders: string[]): IncomingMessage {
  const authorization = rawHeaders[rawHeaders.findIndex((name) => name.toLowerCase() === 'authorization') + 1];
  return Object.assign(new IncomingMessage(new Socket()), { rawHeaders, headers: { authorization } });
}
const bearing = (token: string) => requestWith('Host', 'x', 'Authorization', `Bearer ${token}`);

function identifyWith(verify: Verify) {
  const verified: string[] = [];
  const recording: Verify = (token) => {
    verified.push(token);
    return verify(token);
  };
  const identify = identifyByToken(SETTINGS, 'X-Member-Id', collectLog().log, async () => recording);
  return { identify, verified };
}

const lasting = (milliseconds: number): Verify => {
  return async (token) => ({ id: token, expiresAtMs: Date.now() + milliseconds });
};

describe('a verified token', () => {
  test('is verified again after a minute, and before that where it expires', async () => {
    for (const [validMs, keptMs] of [
      [600_000, 60_000],
      [5_000, 5_000],
    ] as const) {
      const { identify, verified } = identifyWith(lasting(validMs));
      await identify(bearing('a'));
      letPass(keptMs - 1);
      expect(identify(bearing('a'))).toEqual({ header: 'X-Member-Id', id: 'a' });
      letPass(1);
      expect(identify(bearing('a'))).toBeInstanceOf(Promise);
      expect(verified).toEqual(['a', 'a'].slice(0, verified.length));
    }
  });

  test('is verified again after a minute though the system clock went back by an hour', async () => {
    const { identify } = identifyWith(lasting(7_200_000));
    await identify(bearing('a'));
    const wallNow = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => wallNow - 3_600_000);
    letPass(60_000);
    expect(identify(bearing('a'))).toBeInstanceOf(Promise);
  });

  test('is one of 10,000 that are kept', async () => {
    const { identify } = identifyWith(lasting(600_000));
    for (let index = 0; index <= 10_000; index += 1) await identify(bearing(String(index)));
    expect(identify(bearing('10000'))).not.toBeInstanceOf(Promise);
    expect(identify(bearing('0'))).toBeInstanceOf(Promise);
  });

  test('is the same one whatever the case of its scheme and the white space behind that', async () => {
    const { identify, verified } = identifyWith(lasting(600_000));
    await identify(bearing('a'));
    for (const value of ['bearer a', 'BEARER a', 'Bearer    a']) identify(requestWith('authorization', value));
    expect(verified).toEqual(['a']);
  });
});

describe('a flood of tokens', () => {
  let release: () => void;
  let waiting: Promise<void>;
  beforeEach(() => {
    ({ promise: waiting, resolve: release } = Promise.withResolvers<void>());
  });
  afterEach(() => release());

  test('that are the same is verified once', async () => {
    const { identify, verified } = identifyWith(async (token) => {
      await waiting;
      return { id: token, expiresAtMs: Date.now() + 600_000 };
    });
    const identities = Array.from({ length: 50 }, () => identify(bearing('a')));
    release();
    expect(await Promise.all(identities)).toEqual(Array(50).fill({ header: 'X-Member-Id', id: 'a' }));
    expect(verified).toEqual(['a']);
  });

  test('that differ is refused beyond 1,000 at once, and known ones are not', async () => {
    const { identify } = identifyWith(async (token) => {
      if (token !== 'known') await waiting;
      if (token === 'bad') throw new UnauthenticatedError('Authorization');
      return { id: token, expiresAtMs: Date.now() + 600_000 };
    });
    await identify(bearing('known'));
    const bad = identify(bearing('bad'));
    const others = Array.from({ length: 999 }, (_, index) => identify(bearing(`t${index}`)));
    expect(() => identify(bearing('more'))).toThrow(OverloadedError);
    expect(identify(bearing('known'))).toEqual({ header: 'X-Member-Id', id: 'known' });
    release();
    await expect(bad).rejects.toBeInstanceOf(UnauthenticatedError);
    await Promise.all(others);
    expect(await identify(bearing('more'))).toMatchObject({ id: 'more' });
  });

  test('that were refused are not remembered', async () => {
    const { identify, verified } = identifyWith(async () => {
      throw new UnauthenticatedError('Authorization');
    });
    for (let times = 0; times < 2; times += 1) {
      await expect(identify(bearing('a'))).rejects.toBeInstanceOf(UnauthenticatedError);
    }
    expect(verified).toEqual(['a', 'a']);
  });
});

test.each([
  ['two headers', ['Authorization', 'Bearer a', 'authorization', 'Bearer b'], 'Bearer error="invalid_request"'],
  [
    'two that are the same',
    ['AUTHORIZATION', 'Bearer a', 'Authorization', 'Bearer a'],
    'Bearer error="invalid_request"',
  ],
  ['a long one', ['Authorization', `Bearer ${'a'.repeat(8_193)}`], 'Bearer error="invalid_token"'],
  ['a tab', ['Authorization', 'Bearer\ta'], 'Bearer'],
  ['another scheme', ['Authorization', 'DPoP a'], 'Bearer'],
  ['no scheme', ['Authorization', 'a'], 'Bearer'],
])('%s: nothing is verified', (_what, headers, challenge) => {
  const { identify, verified } = identifyWith(lasting(1));
  expect(() => identify(requestWith(...headers))).toThrow(expect.objectContaining({ challenge }));
  expect(verified).toEqual([]);
});

test('the name of a header that only has the token’s length is another header', async () => {
  const { identify } = identifyWith(lasting(1));
  const request = requestWith('X-Other-Names', 'Bearer b', 'Authorization', 'Bearer a');
  expect(await identify(request)).toMatchObject({ id: 'a' });
});

test('the keys are fetched at the start and every five minutes', () => {
  jest.useFakeTimers();
  const { log } = collectLog();
  const keys = new KeySet(SETTINGS.jwksUrl, log);
  const refresh = jest.spyOn(keys, 'refresh').mockResolvedValue();
  createVerifier(SETTINGS, log, keys);
  expect(refresh).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(299_999);
  expect(refresh).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(1);
  expect(refresh).toHaveBeenCalledTimes(2);
  jest.advanceTimersByTime(300_000);
  expect(refresh).toHaveBeenCalledTimes(3);
  jest.useRealTimers();
});
