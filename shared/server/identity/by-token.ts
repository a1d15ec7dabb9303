import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { UnauthenticatedError } from '../../request/errors.ts';
import type { Identity, IdentityHeader } from '../../request/identity.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { TokenSettings } from '../identity-settings.ts';
import { lazily } from '../lazily.ts';
import type { Identify } from './identify.ts';

/** A verified token is taken for valid for so long, so that a screen does not pay for a signature each time. */
const KEPT_MS = 60_000;
const MAX_KEPT = 10_000;

interface Kept {
  readonly identity: Identity;
  readonly untilMs: number;
}

/** RFC 6750, section 2.1. Node bounds its length with that of all headers. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * By the caller's own token (JWT), which is verified here. Nothing of that is loaded by a server that does not need it; the keys
 * are fetched before anybody asks.
 */
export function identifyByToken(settings: TokenSettings, header: IdentityHeader, log: Logger): Identify {
  // By their hashes: tokens are nothing to have lying about in memory.
  const kept = new LRUCache<string, Kept>({ max: MAX_KEPT });
  const verifier = lazily(async () => {
    const { createVerifier } = await import('./verifier.ts');
    return createVerifier(settings, log);
  });
  // Whoever asks first is told of what goes wrong.
  verifier().catch(() => {});

  async function verified(token: string, key: string): Promise<Identity> {
    const verify = await verifier();
    const { id, expiresAtMs } = await verify(token);
    const identity = { header, id };
    kept.set(key, { identity, untilMs: Math.min(expiresAtMs, Date.now() + KEPT_MS) });
    return identity;
  }

  return ({ headers: { authorization } }) => {
    const token = BEARER.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new UnauthenticatedError('Authorization', { challenge: 'Bearer' });
    const key = hash('sha256', token, 'base64url');
    const known = kept.get(key);
    return known && Date.now() < known.untilMs ? known.identity : verified(token, key);
  };
}
