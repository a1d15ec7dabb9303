import type { JWTHeaderParameters, JWTPayload, JWTVerifyOptions } from 'jose';
// Parts of jose, because the whole takes twice as long to load.
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import { wallClockMs } from '../../request/clock.ts';
import { IdentityUnavailableError, UnauthenticatedError } from '../../request/errors.ts';
import { isIdentifier } from '../../request/identity.ts';
import type { Logger } from '../../telemetry/log.ts';
import { sampledLog } from '../../telemetry/log.ts';
import type { TokenSettings } from '../settings/identity.ts';

import { KeySet } from './key-set.ts';
import { ALGORITHMS } from './public-keys.ts';
import { CLOCK_SKEW_S, isCanonical, wrongKindIn, wrongLifetimeIn } from './token-rules.ts';

/** Interval in which the keys are fetched, in milliseconds. Keys that are gone are dropped then. */
const REFRESH_MS = 300_000;

export interface Verified {
  readonly id: string;
  readonly expiresAtMs: number;
}

/** Verifies a token. Rejects with UnauthenticatedError, and with IdentityUnavailableError if the keys are missing. */
export interface Verify {
  (token: string): Promise<Verified>;
  /** Resolves when the keys were fetched once, successfully or not. */
  readonly ready?: Promise<void>;
}

/** Verifies access tokens with the keys of their issuer, which are fetched now and then regularly. */
export function createVerifier(
  { jwksUrl, issuer, audience, claim, type, maxLifetimeS }: TokenSettings,
  log: Logger,
  keys = new KeySet(jwksUrl, log),
): Verify {
  const ready = keys.refresh();
  setInterval(() => void keys.refresh(), REFRESH_MS).unref();
  const tell = sampledLog(log, 'a token was refused');
  const options = {
    algorithms: [...ALGORITHMS],
    issuer,
    audience,
    clockTolerance: CLOCK_SKEW_S,
    requiredClaims: ['exp', claim],
  };
  const verify = async (token: string): Promise<Verified> => {
    try {
      if (!isCanonical(token)) throw new errors.JWSInvalid('The token is not in canonical form.');
      const { protectedHeader, payload } = await verifyByAnyKey(token, keys, options);
      const wrong =
        wrongKindIn(protectedHeader, payload, type) ?? wrongLifetimeIn(payload, maxLifetimeS, wallClockMs() / 1_000);
      if (wrong !== undefined) throw refusalOf(payload, wrong);
      return { id: identifierIn(payload, claim), expiresAtMs: (payload.exp ?? 0) * 1_000 };
    } catch (error) {
      if (error instanceof IdentityUnavailableError) throw error;
      tell({ reason: reasonOf(error) });
      throw new UnauthenticatedError('Authorization', { challenge: 'Bearer error="invalid_token"' });
    }
  };
  return Object.assign(verify, { ready });
}

/**
 * Verifies a token with the key that it names. If several keys have that name, each of them is tried. A token that names no key is not
 * tried with all keys, because each attempt costs a signature.
 */
async function verifyByAnyKey(
  token: string,
  keys: KeySet,
  options: JWTVerifyOptions,
): Promise<{ readonly protectedHeader: JWTHeaderParameters; readonly payload: JWTPayload }> {
  try {
    return await jwtVerify(token, keys.keyFor, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys) || decodeProtectedHeader(token).kid === undefined)
      throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (refusal) {
        if (!(refusal instanceof errors.JWSSignatureVerificationFailed)) throw refusal;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** The caller's id. It is sent to services in a header, so the rules of identity headers apply. */
function identifierIn(payload: JWTPayload, claim: string): string {
  const id = payload[claim];
  if (typeof id === 'string' && isIdentifier(id)) return id;
  throw refusalOf(payload, claim);
}

function refusalOf(payload: JWTPayload, claim: string): Error {
  return new errors.JWTClaimValidationFailed('The claim is not that of an access token.', payload, claim, 'invalid');
}

/** The rule that a token breaks, for the log. It contains nothing of the token. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) return `${error.code} ${error.claim}`;
  if (error instanceof errors.JOSEError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
