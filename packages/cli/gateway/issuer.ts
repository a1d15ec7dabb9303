import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type JWTHeaderParameters, SignJWT } from 'jose';

/** Who the tokens are by and for, where no identity provider is. */
export const ISSUER = 'https://issuer.localhost';
export const AUDIENCES = { users: 'facet-users', partners: 'facet-partners' } as const;

/** A key that tokens are signed with. */
export interface SigningKey {
  readonly id: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly privateKey: KeyObject;
  /** File of the public key, as PEM. */
  readonly publicFile: string;
}

/** The two keys in a folder, which are made where they are not there: an identity provider's stand-in. */
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

/** A new private key that this algorithm can sign with. */
export function newKey(algorithm: SigningKey['algorithm']): KeyObject {
  return algorithm === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    : generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
}

/** What the gateway has to know to take tokens by these keys. */
export function issuerSettings([first, second]: readonly [SigningKey, SigningKey]): Record<string, string> {
  return {
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE_USERS: AUDIENCES.users,
    JWT_AUDIENCE_PARTNERS: AUDIENCES.partners,
    ...keySettings(1, first),
    ...keySettings(2, second),
  };
}

function keySettings(place: 1 | 2, { id, algorithm, publicFile }: SigningKey): Record<string, string> {
  return {
    [`JWT_KEY_${place}_ID`]: id,
    [`JWT_KEY_${place}_ALGORITHM`]: algorithm,
    [`JWT_KEY_${place}_FILE`]: publicFile,
  };
}

/** What a token says, or its header; whatever is undefined is left out. */
export type Claims = Readonly<Record<string, unknown>>;

/** A signed token. */
export function signToken(
  { id, algorithm, privateKey }: SigningKey,
  claims: Claims,
  header: Claims = {},
): Promise<string> {
  const whole: JWTHeaderParameters = { alg: algorithm, kid: id, typ: 'JWT', ...header };
  return new SignJWT({ ...claims }).setProtectedHeader(whole).sign(privateKey);
}
