import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { monotonicMs, wallClockMs } from '../../request/clock.ts';
import { OverloadedError, UnauthenticatedError } from '../../request/errors.ts';
import type { Identity } from '../../request/identity.ts';
import type { Logger } from '../../telemetry/log.ts';
import { isRepeated } from '../input/head.ts';
import type { TokenSettings } from '../settings/identity.ts';
import { lazily } from '../start-up.ts';
import { MAX_TOKEN_LENGTH } from './token-rules.ts';
import type { Verify } from './verifier.ts';

/** Time for which the result of a verification is cached, in milliseconds. */
const CACHED_MS = 60_000;
const MAX_CACHED = 10_000;

/** Most tokens that are verified at once. Further ones are rejected as overload, so that forged tokens cannot fill the memory. */
const MAX_VERIFYING = 1_000;

interface Cached {
  readonly identity: Identity;
  /** By the monotonic clock. */
  readonly untilMs: number;
  /** By the wall clock, as the issuer's times. */
  readonly expiresAtMs: number;
}

/** RFC 6750, section 2.1. Node bounds the length of all headers. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * Identifies callers by their own token (JWT). Only a server with this setting loads the modules for it. The keys are fetched before the
 * first request.
 */
export function identifyByToken(
  settings: TokenSettings,
  header: string,
  log: Logger,
  verifier: () => Promise<Verify> = lazily(async () => {
    const { createVerifier } = await import('./verifier.ts');
    return createVerifier(settings, log);
  }),
): ((request: IncomingMessage) => Identity | Promise<Identity>) & { readonly loaded: Promise<unknown> } {
  // By hash, so that tokens do not stay in memory.
  const cached = new LRUCache<string, Cached>({ max: MAX_CACHED });
  const verifying = new Map<string, Promise<Identity>>();
  // The first request reports a failure.
  const loaded = verifier().then(
    ({ ready }) => ready,
    () => {},
  );

  async function verified(token: string, key: string): Promise<Identity> {
    try {
      const verify = await verifier();
      const { id, expiresAtMs } = await verify(token);
      const identity = { header, id };
      cached.set(key, { identity, expiresAtMs, untilMs: monotonicMs() + CACHED_MS });
      return identity;
    } finally {
      verifying.delete(key);
    }
  }

  const identify = (request: IncomingMessage): Identity | Promise<Identity> => {
    const token = tokenIn(request);
    const key = hash('sha256', token, 'base64url');
    const known = cached.get(key);
    if (known && monotonicMs() < known.untilMs && wallClockMs() < known.expiresAtMs) return known.identity;
    const underway = verifying.get(key);
    if (underway) return underway;
    if (verifying.size >= MAX_VERIFYING) throw new OverloadedError();
    const identity = verified(token, key);
    verifying.set(key, identity);
    return identity;
  };
  return Object.assign(identify, { loaded });
}

/**
 * The token of a request. Throws UnauthenticatedError if there is none, and if Authorization occurs twice (RFC 9110, section 5.3, allows
 * one): Node takes the first one, and a proxy may have checked the other one.
 */
function tokenIn({ headers: { authorization = '' }, rawHeaders }: IncomingMessage): string {
  if (isRepeated('authorization', rawHeaders)) {
    throw new UnauthenticatedError('Authorization', { challenge: 'Bearer error="invalid_request"' });
  }
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new UnauthenticatedError('Authorization', { challenge: 'Bearer' });
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new UnauthenticatedError('Authorization', { challenge: 'Bearer error="invalid_token"' });
  }
  return token;
}
