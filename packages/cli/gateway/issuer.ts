import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type JWTHeaderParameters, SignJWT } from 'jose';
import type { CallerGroup } from '../identities.ts';

/** Issuer of the tokens that the local stand-in for an identity provider signs. */
export const ISSUER = 'https://issuer.localhost';

/** A key that signs tokens. */
export interface SigningKey {
  readonly id: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly privateKey: KeyObject;
  /** PEM file of the public key. */
  readonly publicFile: string;
}

/** The two signing keys in a directory. Creates missing ones. */
export function signingKeys(folder: string): readonly [SigningKey, SigningKey] {
  mkdirSync(folder, { recursive: true });
  return [signingKey(folder, 'ES256'), signingKey(folder, 'RS256')];
}

function signingKey(folder: string, algorithm: SigningKey['algorithm']): SigningKey {
  const id = `local-${algorithm.toLowerCase()}`;
  const privateFile = `${folder}/${id}.private.pem`;
  const publicFile = `${folder}/${id}.public.pem`;
  if (!existsSync(privateFile)) {
    writeFileSync(privateFile, newKey(algorithm).export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  const privateKey = createPrivateKey(readFileSync(privateFile));
  writeFileSync(publicFile, createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }));
  return { id, algorithm, privateKey, publicFile };
}

/** A new private key for this signature algorithm. */
export function newKey(algorithm: SigningKey['algorithm']): KeyObject {
  return algorithm === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
}

/** Settings that make the gateway accept tokens signed by these keys, for callers of these groups. */
export function issuerSettings(
  [first, second]: readonly [SigningKey, SigningKey],
  groups: readonly Pick<CallerGroup, 'setting' | 'audience'>[],
): Record<string, string> {
  return {
    JWT_ISSUER: ISSUER,
    ...Object.fromEntries(groups.map(({ setting, audience }) => [setting, audience])),
    ...keySettings(1, first),
    ...keySettings(2, second),
  };
}

function keySettings(index: 1 | 2, { id, algorithm, publicFile }: SigningKey): Record<string, string> {
  return {
    [`JWT_KEY_${index}_ID`]: id,
    [`JWT_KEY_${index}_ALGORITHM`]: algorithm,
    [`JWT_KEY_${index}_FILE`]: publicFile,
  };
}

/** Claims or header parameters of a token. Undefined values are omitted. */
export type Claims = Readonly<Record<string, unknown>>;

/** Signs a token as a compact JWS. */
export function signToken(
  { id, algorithm, privateKey }: SigningKey,
  claims: Claims,
  header: Claims = {},
): Promise<string> {
  const whole: JWTHeaderParameters = { alg: algorithm, kid: id, typ: 'JWT', ...header };
  return new SignJWT({ ...claims }).setProtectedHeader(whole).sign(privateKey);
}
