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

/** A verified token is taken for valid for so long, so that a screen does not pay for a signature each time. */
const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;

/** Most tokens whose signatures are verified at once; a flood of made-up tokens waits for the processor, and not in memory. */
const MAX_VERIFYING = 1_000;

interface Kept {
  readonly identity: Identity;
  /** On the clock that only goes forward. */
  readonly untilMs: number;
  /** On the clock that the issuer's times are on. */
  readonly expiresAtMs: number;
}

/** RFC 6750, section 2.1. Node bounds its length with that of all headers. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * By the caller's own token (JWT), which is verified here. Nothing of that is loaded by a server that does not need it; the keys
 * are fetched before anybody asks.
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
  // By their hashes: tokens are nothing to have lying about in memory.
  const kept = new LRUCache<string, Kept>({ max: MAX_KEPT });
  const verifying = new Map<string, Promise<Identity>>();
  // Whoever asks first is told of what goes wrong.
  const loaded = verifier().then(
    ({ ready }) => ready,
    () => {},
  );

  async function verified(token: string, key: string): Promise<Identity> {
    try {
      const verify = await verifier();
      const { id, expiresAtMs } = await verify(token);
      const identity = { header, id };
      kept.set(key, { identity, expiresAtMs, untilMs: monotonicMs() + KEPT_MS });
      return identity;
    } finally {
      verifying.delete(key);
    }
  }

  const identify = (request: IncomingMessage): Identity | Promise<Identity> => {
    const token = tokenIn(request);
    const key = hash('sha256', token, 'base64url');
    const known = kept.get(key);
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
 * The token of a request. Throws where there is none, and where Authorization is there twice (RFC 9110, section 5.3, allows it
 * once): Node would take the first, and whoever stands in front of this server may have looked at the other.
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
