import type { JWTHeaderParameters, JWTPayload } from 'jose';

/** Which tokens are taken for access tokens: `auto` by the rules below, `at+jwt` by RFC 9068 alone. */
export const TOKEN_TYPES = ['auto', 'at+jwt'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

/** Longest token, in characters; issuers make tokens of some 1,000 to 4,000. */
export const MAX_TOKEN_LENGTH = 8_192;

/** By so many seconds the issuer's clock may differ from this machine's. */
export const CLOCK_SKEW_S = 5;

// One part of a token: base64url without padding, whose last character has no bits that are not part of a byte (RFC 7515, section 2).
const PART = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/;

/**
 * Whether a text is the one spelling that a signed token has (JWS compact serialization). Decoders ignore trailing bits, and often
 * padding and white space; here two texts are never the same token.
 */
export function isCanonical(token: string): boolean {
  if (token.length > MAX_TOKEN_LENGTH) return false;
  const parts = token.split('.');
  return parts.length === 3 && parts.every((part) => PART.test(part));
}

/** Types in the header of a token that is an access token, or does not say what it is (RFC 9068, section 4; RFC 7519, section 5.1). */
const HEADER_TYPES: Readonly<Record<TokenType, readonly unknown[]>> = {
  'at+jwt': ['at+jwt', 'application/at+jwt'],
  auto: ['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt', undefined],
};

/** Claims by which issuers say that a token is an access token: Keycloak's `typ`, Cognito's `token_use`. */
const KINDS: Readonly<Record<string, readonly unknown[]>> = { typ: ['Bearer', 'access'], token_use: ['access'] };

/** Claims that ID tokens have and access tokens do not (OpenID Connect Core, sections 2 and 3.3.2.11). */
const ID_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash'] as const;

/**
 * The claim by which a token is no access token; undefined where it may be one. No other kind of the same issuer passes for one: an ID
 * token, a logout or security event token, a refresh token (RFC 8725, sections 3.11 and 3.12).
 */
export function wrongKindIn(header: JWTHeaderParameters, payload: JWTPayload, type: TokenType): string | undefined {
  const headerType = typeof header.typ === 'string' ? header.typ.toLowerCase() : header.typ;
  if (!HEADER_TYPES[type].includes(headerType)) return 'typ';
  // RFC 8417, section 2.2: only security event tokens have events.
  if (payload['events'] !== undefined) return 'events';
  const said = Object.keys(KINDS).filter((claim) => payload[claim] !== undefined);
  const wrong = said.find((claim) => !KINDS[claim]?.includes(payload[claim]));
  // Some issuers repeat the nonce in access tokens that say what they are.
  const isSaid = said.length > 0 || HEADER_TYPES['at+jwt'].includes(headerType);
  return wrong ?? (isSaid ? undefined : ID_TOKEN_CLAIMS.find((claim) => payload[claim] !== undefined));
}

/**
 * The claim by which a token is valid for longer than `maxS` seconds: from when it was issued, or from now where it does not say. One
 * that expires in a hundred years does not expire in effect.
 */
export function wrongLifetimeIn({ exp, iat }: JWTPayload, maxS: number, nowS: number): string | undefined {
  const issuedS = iat ?? nowS;
  if (issuedS > nowS + CLOCK_SKEW_S) return 'iat';
  // A number that is too large has become Infinity.
  return exp !== undefined && exp - issuedS <= maxS ? undefined : 'exp';
}
