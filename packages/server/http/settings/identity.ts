import type { BlockList } from 'node:net';
import { z } from 'zod';
import { addressesOf, type Network, networkIn } from '../identity/networks.ts';
import { TOKEN_TYPES, type TokenType } from '../identity/token-rules.ts';

/** Callers are identified by a header that the gateway sets, or by their own token, which this server verifies. */
export type IdentitySettings = HeaderSettings | TokenSettings;

interface HeaderSettings {
  readonly by: 'header';
  /** Peers whose header is trusted; undefined trusts all. */
  readonly trustedProxies: BlockList | undefined;
}

export interface TokenSettings {
  readonly by: 'jwt';
  /** Address of the issuer's key set. */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that contains the caller's id. */
  readonly claim: string;
  /** Which tokens count as access tokens. */
  readonly type: TokenType;
  /** Longest time from a token's issue to its expiry, in seconds. */
  readonly maxLifetimeS: number;
}

const DAY_S = 86_400;

/** The messages for a missing and for a wrong variable. */
const messages = (missing: string, wrong?: string) => ({
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? missing : wrong),
});

const network = z.string().transform((text, { addIssue }): Network => {
  const found = networkIn(text);
  if (found) return found;
  addIssue(`${JSON.stringify(text)} is neither an address nor a network such as 10.0.0.0/8`);
  return z.NEVER;
});

const proxies = z
  .string(messages('required in production with IDENTITY=header: the addresses of the gateway, such as 10.0.0.0/8'))
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  )
  .pipe(z.array(network).min(1, 'it contains no address'))
  .transform(addressesOf);

const REQUIRED = 'required with IDENTITY=jwt';
const url = z.url({
  protocol: /^https?$/,
  ...messages(REQUIRED, 'not a URL such as https://login.internal/jwks.json'),
});
// An attacker that can replace the keys in transit can sign in as anybody.
const safeUrl = url.refine((text) => isSafeInTransit(URL.parse(text)), {
  error: 'https is required in production, except for an address of this machine',
});

function isSafeInTransit(url: URL | null): boolean {
  // zod also calls this for a text that is not a URL, which has its own problem by then.
  if (url === null || url.protocol !== 'http:') return true;
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
}

const text = z.string(messages(REQUIRED)).trim().min(1, REQUIRED);

/** The variables of the identification of callers. */
export function identityVariables(identity: string | undefined, developing: boolean) {
  const isJwt = identity === 'jwt';
  return {
    IDENTITY: z
      .enum(['header', 'jwt'])
      .default('header')
      .describe('How callers are identified: by a header that the gateway sets (header), or by their token (jwt).'),
    TRUSTED_PROXIES: (isJwt || developing ? proxies.optional() : proxies).describe(
      'Addresses and networks (CIDR) whose identity header is trusted, separated by commas; required in production, else all.',
    ),
    JWKS_URL: (isJwt ? (developing ? url : safeUrl) : url.default('')).describe(
      'Address of the JSON Web Key Set of the tokens’ issuer.',
    ),
    JWT_ISSUER: (isJwt ? text : text.default('')).describe('Required issuer (iss) of a token.'),
    JWT_AUDIENCE: (isJwt ? text : text.default('')).describe('Required audience (aud) of a token.'),
    JWT_CLAIM: z.string().default('sub').describe('Claim of a token that contains the caller’s id.'),
    JWT_TYPE: z
      .enum(TOKEN_TYPES)
      .default('auto')
      .describe('Tokens to accept: at+jwt (RFC 9068), or auto: also tokens that do not declare another type.'),
    JWT_MAX_LIFETIME_S: z.coerce
      .number()
      .int()
      .min(60)
      .max(366 * DAY_S)
      .default(2 * DAY_S)
      .describe('Longest lifetime of a token from its issue to its expiry, in seconds; others are rejected.'),
  };
}

/** The settings of the identification of callers. */
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
