import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';
import { isObject } from '../../request/guards.ts';

/** Signature algorithms. Neither "none", nor HS256, whose secret a public key could be mistaken for. */
export const ALGORITHMS = ['RS256', 'ES256'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

/** RFC 7518, section 3.3, requires at least 2,048 bits. Verification with more than 8,192 bits takes too long. */
const RSA_BITS = { least: 2_048, most: 8_192 } as const;

/** Parameters that only private and symmetric keys have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; `priv` of AKP keys). */
const SECRET_PARAMETERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** Longest `kid` that is logged, in characters. */
const MAX_LOGGED_KID = 64;
const NO_KID = '(no kid)';

/** Most leaked keys that are remembered. An issuer has about five keys at a time. */
const MAX_LEAKED = 1_000;

/** The entries of a key set (RFC 7517, section 5). */
export interface SortedKeys {
  /** Keys that tokens can be verified with, each with its public parameters only. */
  readonly usable: readonly JWK[];
  /** Names of the keys for RS256 or ES256 that are malformed, weak, or without a valid type. */
  readonly broken: readonly string[];
  /** Names of the keys that were published with their secret. */
  readonly leaked: readonly string[];
  /** The public parameters of the leaked keys in this set and in earlier ones. */
  readonly leakedMaterial: ReadonlySet<string>;
}

/**
 * Sorts the entries of a key set. Unusable entries are ignored (RFC 7517, section 5). A key whose secret was published is not used, even
 * after the issuer publishes its public half only: anybody can sign with it. `leakedBefore` has the public parameters of such keys in
 * earlier sets. Throws if the value is not a key set.
 */
export function sortKeys(set: unknown, leakedBefore: ReadonlySet<string> = new Set()): SortedKeys {
  if (!isObject(set) || !Array.isArray(set['keys'])) throw new Error('The response is not a JSON Web Key Set.');
  const entries: readonly unknown[] = set['keys'];
  const leaked = entries.filter(hasSecret);
  const leakedNow = leaked.map((entry) => materialOf(publicHalfOf(entry) ?? entry));
  const leakedMaterial = new Set([...leakedNow, ...leakedBefore].slice(0, MAX_LEAKED));
  const usable = new Map<string, JWK>();
  const broken: string[] = [];
  for (const entry of entries) {
    if (hasSecret(entry)) continue;
    const algorithm = algorithmOf(entry);
    if (algorithm === undefined) continue;
    const key = algorithm === 'none' || !isObject(entry) ? undefined : publicKeyIn(entry, algorithm);
    if (!key) broken.push(nameOf(entry));
    // A map, because a set may contain a key twice.
    else if (!leakedMaterial.has(materialOf(key))) usable.set(JSON.stringify(key), key);
  }
  return { usable: [...usable.values()], broken, leaked: leaked.map(nameOf), leakedMaterial };
}

/** The algorithm that a key is for; undefined if it is for another purpose, and "none" if it is malformed. */
function algorithmOf(entry: unknown): Algorithm | 'none' | undefined {
  if (!isObject(entry)) return 'none';
  const { kty, crv, alg, use, key_ops: operations } = entry;
  const isForOther =
    (typeof use === 'string' && use !== 'sig') || (Array.isArray(operations) && !operations.includes('verify'));
  if (isForOther) return undefined;
  if (typeof kty !== 'string') return 'none';
  const algorithm =
    kty === 'RSA' ? 'RS256' : kty === 'EC' && (crv === 'P-256' || typeof crv !== 'string') ? 'ES256' : undefined;
  const isForAnother = typeof alg === 'string' && alg !== algorithm;
  return isForAnother ? undefined : algorithm;
}

/** The public half of a key with the parameters for verification only; undefined if a parameter is malformed. */
function publicKeyIn(entry: Entry, alg: Algorithm): JWK | undefined {
  const { kid, alg: given, use, key_ops: operations } = entry;
  const areTexts = [kid, given, use].every((value) => value === undefined || typeof value === 'string');
  const areOperations = operations === undefined || (Array.isArray(operations) && isListOfTexts(operations));
  if (!areTexts || !areOperations) return undefined;
  const key = publicHalfOf(entry);
  return key && { ...key, ...(typeof kid === 'string' ? { kid } : {}), alg, use: 'sig' };
}

/** The public parameters in Node's spelling; undefined if they are malformed or weak. */
function publicHalfOf(entry: Entry): JWK | undefined {
  const parameters: Record<string, string> = {};
  for (const name of entry['kty'] === 'RSA' ? ['kty', 'n', 'e'] : ['kty', 'crv', 'x', 'y']) {
    const value = entry[name];
    if (typeof value !== 'string') return undefined;
    parameters[name] = value;
  }
  try {
    const key = createPublicKey({ key: parameters, format: 'jwk' });
    const { modulusLength = RSA_BITS.least, publicExponent = 3n } = key.asymmetricKeyDetails ?? {};
    const isWeak = modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most || publicExponent < 3n;
    return isWeak ? undefined : key.export({ format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** RFC 7517, section 4.3: no operation occurs twice. */
function isListOfTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string') && new Set(values).size === values.length;
}

type Entry = Readonly<Record<string, unknown>>;

function hasSecret(entry: unknown): entry is Entry {
  return isObject(entry) && SECRET_PARAMETERS.some((name) => Object.hasOwn(entry, name));
}

/** The public parameters of a key as text, to compare keys. */
export function materialOf({ kty, crv, x, y, n, e }: Entry | JWK): string {
  return JSON.stringify([kty, crv, x, y, n, e]);
}

function nameOf(entry: unknown): string {
  const kid = isObject(entry) ? entry['kid'] : undefined;
  return typeof kid === 'string' ? kid.slice(0, MAX_LOGGED_KID) : NO_KID;
}
