import type { JWTHeaderParameters, JWTPayload, JWTVerifyOptions } from 'jose';
// Its parts, since the whole takes twice as long to load.
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

/** So often the keys are fetched anew, and one that is no longer among them is forgotten. */
const REFRESH_MS = 300_000;

export interface Verified {
  readonly id: string;
  readonly expiresAtMs: number;
}

/** Who a token is of. Rejects with UnauthenticatedError, and with IdentityUnavailableError where the keys cannot be had. */
export interface Verify {
  (token: string): Promise<Verified>;
  /** Resolves when the issuer was asked once for its keys, whatever came of that. */
  readonly ready?: Promise<void>;
}

/** Verifies access tokens with the keys of their issuer, which are fetched at once and kept up to date. */
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
      if (!isCanonical(token)) throw new errors.JWSInvalid('The token is not spelled as a signed token is.');
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
 * Verifies a token by the key that it names. Where more than one key has that name, any of them may have signed it. A token without
 * a name is not tried with one key after the other: that is as many signatures as there are keys.
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

/** It goes the way of an identity header from here on, and has to be fit for the same places. */
function identifierIn(payload: JWTPayload, claim: string): string {
  const id = payload[claim];
  if (typeof id === 'string' && isIdentifier(id)) return id;
  throw refusalOf(payload, claim);
}

function refusalOf(payload: JWTPayload, claim: string): Error {
  return new errors.JWTClaimValidationFailed('The claim is not that of an access token.', payload, claim, 'invalid');
}

/** One of few: it tells nothing of the token but which of the rules it breaks. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed) return `${error.code} ${error.claim}`;
  if (error instanceof errors.JOSEError) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
