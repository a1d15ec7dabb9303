import type { BlockList } from 'node:net';
import { z } from 'zod';
import { addressesOf, type Network, networkIn } from '../identity/networks.ts';
import { TOKEN_TYPES, type TokenType } from '../identity/token-rules.ts';

/** Callers are known by the header that the gateway sets, or by a token of their own that is verified here. */
export type IdentitySettings = HeaderSettings | TokenSettings;

interface HeaderSettings {
  readonly by: 'header';
  /** Where the header is taken from; undefined takes it from everybody. */
  readonly trustedProxies: BlockList | undefined;
}

export interface TokenSettings {
  readonly by: 'jwt';
  /** Where the issuer's keys are. */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that says who it is. */
  readonly claim: string;
  /** Which tokens are taken for access tokens. */
  readonly type: TokenType;
  /** Longest time from a token's issue to its expiry, in seconds. */
  readonly maxLifetimeS: number;
}

const DAY_S = 86_400;

/** What is said of a variable that is missing, and of one that is wrong. */
const complaints = (missing: string, wrong?: string) => ({
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? missing : wrong),
});

const network = z.string().transform((text, { addIssue }): Network => {
  const found = networkIn(text);
  if (found) return found;
  addIssue(`${JSON.stringify(text)} is neither an address nor a network such as 10.0.0.0/8`);
  return z.NEVER;
});

const proxies = z
  .string(complaints('needed in production with IDENTITY=header: the addresses of the gateway, such as 10.0.0.0/8'))
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  )
  .pipe(z.array(network).min(1, 'names no address'))
  .transform(addressesOf);

const NEEDED = 'needed with IDENTITY=jwt';
const url = z.url({
  protocol: /^https?$/,
  ...complaints(NEEDED, 'not a URL such as https://login.internal/jwks.json'),
});
// Whoever can change the keys on their way can be anybody.
const safeUrl = url.refine((text) => isSafeOnItsWay(URL.parse(text)), {
  error: 'in production https is needed, but for an address of this machine',
});

function isSafeOnItsWay(url: URL | null): boolean {
  // What is no URL at all has been complained of already, and comes here all the same.
  if (url === null || url.protocol !== 'http:') return true;
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
}

const text = z.string(complaints(NEEDED)).trim().min(1, NEEDED);

/** The variables of how callers are known, where IDENTITY is this. */
export function identityVariables(identity: string | undefined, developing: boolean) {
  const isJwt = identity === 'jwt';
  return {
    IDENTITY: z
      .enum(['header', 'jwt'])
      .default('header')
      .describe('How callers are known: header, which the gateway sets; jwt, their token, which is verified here.'),
    TRUSTED_PROXIES: (isJwt || developing ? proxies.optional() : proxies).describe(
      'Addresses and networks (CIDR) to take the identity header from, by comma; by default all, but needed in production.',
    ),
    JWKS_URL: (isJwt ? (developing ? url : safeUrl) : url.default('')).describe(
      'Where the keys of the tokens’ issuer are (JSON Web Key Set).',
    ),
    JWT_ISSUER: (isJwt ? text : text.default('')).describe('The issuer (iss) that a token has to be of.'),
    JWT_AUDIENCE: (isJwt ? text : text.default('')).describe('The audience (aud) that a token has to be for.'),
    JWT_CLAIM: z.string().default('sub').describe('The claim of a token that says who it is.'),
    JWT_TYPE: z
      .enum(TOKEN_TYPES)
      .default('auto')
      .describe('Tokens to accept: at+jwt, those of RFC 9068; auto, also those that do not say to be of another kind.'),
    JWT_MAX_LIFETIME_S: z.coerce
      .number()
      .int()
      .min(60)
      .max(366 * DAY_S)
      .default(2 * DAY_S)
      .describe('Longest time from a token’s issue to its expiry, in seconds; others are refused.'),
  };
}

/** What the parsed variables say of how callers are known. */
export function identityIn(data: z.infer<z.ZodObject<ReturnType<typeof identityVariables>>>): IdentitySettings {
  if (data.IDENTITY === 'header') return { by: 'header', trustedProxies: data.TRUSTED_PROXIES };
  return {
    by: 'jwt',
    jwksUrl: data.JWKS_URL,
    issuer: data.JWT_ISSUER,
    audience: data.JWT_AUDIENCE,
    claim: data.JWT_CLAIM,
    type: data.JWT_TYPE,
    maxLifetimeS: data.JWT_MAX_LIFETIME_S,
  };
}
