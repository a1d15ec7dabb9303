import type { JWTHeaderParameters, JWTPayload } from 'jose';

/** Which tokens count as access tokens: `auto` by the rules below, `at+jwt` by RFC 9068 only. */
export const TOKEN_TYPES = ['auto', 'at+jwt'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** Longest token, in characters. Tokens usually have 1,000 to 4,000. */
export const MAX_TOKEN_LENGTH = 8_192;

/** Tolerated difference between the issuer's clock and this machine's, in seconds. */
export const CLOCK_SKEW_S = 5;

// A part of a token: base64url without padding, and without unused bits in the last character (RFC 7515, section 2).
const PART = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

/**
 * Whether a text is a signed token in canonical form (JWS compact serialization). Decoders ignore unused bits, and often padding and white
 * space. With this check, two different texts are never the same token.
 */
export function isCanonical(token: string): boolean {
  if (token.length > MAX_TOKEN_LENGTH) return false;
  const parts = token.split('.');
  return parts.length === 3 && parts.every((part) => PART.test(part));
}

/** Types of access tokens, and of tokens that declare no type (RFC 9068, section 4; RFC 7519, section 5.1). */
const HEADER_TYPES: Readonly<Record<TokenType, readonly unknown[]>> = {
  'at+jwt': ['at+jwt', 'application/at+jwt'],
  auto: ['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt', undefined],
};

/** Claims that declare an access token: Keycloak's `typ`, Cognito's `token_use`. */
const KINDS: Readonly<Record<string, readonly unknown[]>> = { typ: ['Bearer', 'access'], token_use: ['access'] };

/** Claims that ID tokens have and access tokens do not (OpenID Connect Core, sections 2 and 3.3.2.11). */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash'] as const;

/**
 * The claim that shows that a token is not an access token; undefined if it may be one. This rejects the other tokens of an issuer: ID
 * tokens, logout and security event tokens, refresh tokens (RFC 8725, sections 3.11 and 3.12).
 */
export function wrongKindIn(header: JWTHeaderParameters, payload: JWTPayload, type: TokenType): string | undefined {
  const headerType = typeof header.typ === 'string' ? header.typ.toLowerCase() : header.typ;
  if (!HEADER_TYPES[type].includes(headerType)) return 'typ';
  // RFC 8417, section 2.2: only security event tokens have events.
  if (payload['events'] !== undefined) return 'events';
  const declared = Object.keys(KINDS).filter((claim) => payload[claim] !== undefined);
  const wrong = declared.find((claim) => !KINDS[claim]?.includes(payload[claim]));
  // Some issuers repeat the nonce in access tokens that declare their type.
  const isDeclared = declared.length > 0 || HEADER_TYPES['at+jwt'].includes(headerType);
  return wrong ?? (isDeclared ? undefined : ID_TOKEN_CLAIMS.find((claim) => payload[claim] !== undefined));
}

/**
 * The claim that makes a token valid for longer than `maxS` seconds; undefined if it is not. The lifetime counts from its issue, or from
 * now if it has no `iat`.
 */
export function wrongLifetimeIn({ exp, iat }: JWTPayload, maxS: number, nowS: number): string | undefined {
  const issuedS = iat ?? nowS;
  if (issuedS > nowS + CLOCK_SKEW_S) return 'iat';
  // JSON.parse turns numbers that are too large into Infinity.
  return exp !== undefined && exp - issuedS <= maxS ? undefined : 'exp';
}
