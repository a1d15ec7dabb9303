import type { JWTPayload } from 'jose';
// Its parts, since the whole takes twice as long to load.
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import { IdentityUnavailableError, UnauthenticatedError } from '../../request/errors.ts';
import { isIdentifier } from '../../request/identity.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { TokenSettings } from '../identity-settings.ts';
import { KeySet } from './key-set.ts';
import { tellNowAndThen } from './now-and-then.ts';
import { ALGORITHMS } from './public-keys.ts';

/** By so many seconds the issuer's clock may differ from this machine's. */
const CLOCK_SKEW_S = 5;

/** So often the keys are fetched anew, and one that is no longer among them is forgotten. */
const REFRESH_MS = 300_000;

export interface Verified {
  readonly id: string;
  readonly expiresAtMs: number;
}

/** Who a token is of. Rejects with UnauthenticatedError, and with IdentityUnavailableError where the keys cannot be had. */
export type Verify = (token: string) => Promise<Verified>;

/** Verifies tokens with the keys of their issuer, which are fetched at once and kept up to date. */
export function createVerifier(
  { jwksUrl, issuer, audience, claim }: TokenSettings,
  log: Logger,
  keys = new KeySet(jwksUrl, log),
): Verify {
  void keys.refresh();
  setInterval(() => void keys.refresh(), REFRESH_MS).unref();
  const tell = tellNowAndThen(log, 'a token was refused');
  const options = {
    algorithms: [...ALGORITHMS],
    issuer,
    audience,
    clockTolerance: CLOCK_SKEW_S,
    requiredClaims: ['exp', claim],
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys.keyFor, options);
      return { id: identifierIn(payload, claim), expiresAtMs: (payload.exp ?? 0) * 1_000 };
    } catch (error) {
      if (error instanceof IdentityUnavailableError) throw error;
      tell({ reason: reasonOf(error) });
      throw new UnauthenticatedError('Authorization', { challenge: 'Bearer error="invalid_token"' });
    }
  };
}

/** It goes the way of an identity header from here on, and has to be fit for the same places. */
function identifierIn(payload: JWTPayload, claim: string): string {
  const id = payload[claim];
  if (typeof id === 'string' && isIdentifier(id)) return id;
  throw new errors.JWTClaimValidationFailed('The claim is no identifier.', payload, claim, 'invalid');
}

/** One of few: it tells nothing of the token but which of the rules it breaks. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) return `${error.code} ${error.claim}`;
  if (error instanceof errors.JOSEError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
