import { generateKeyPairSync } from 'node:crypto';
import { type Algorithm, newSigningKey } from '@facet/testing/internal/issuer.ts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JWK } from 'jose';
import { sortKeys } from './public-keys.ts';

let good: JWK;
let rsa: JWK;
beforeAll(async () => {
  [good, rsa] = [(await newSigningKey('good')).jwk, (await newSigningKey('rsa', 'RS256')).jwk];
});

const kidsOf = (set: unknown) => {
  const { usable, broken, leaked } = sortKeys(set);
  return { usable: usable.map(({ kid }) => kid), broken, leaked };
};
const rsaKey = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' });
const other = async (alg: Algorithm = 'ES256') => (await newSigningKey('other', alg)).jwk;

describe('an entry that cannot be used leaves the others as they are', () => {
  test.each<[string, () => unknown]>([
    ['null', () => null],
    ['a text', () => 'key'],
    ['a list', () => [good]],
    ['no type', () => ({ kid: 'other' })],
    ['a type that is no text', () => ({ ...good, kid: 'other', kty: 7 })],
    ['"key_ops": null', () => ({ ...good, kid: 'other', key_ops: null })],
    ['"key_ops": a text', () => ({ ...good, kid: 'other', key_ops: 'verify' })],
    ['an operation that is no text', () => ({ ...good, kid: 'other', key_ops: ['verify', 1] })],
    ['an operation twice', () => ({ ...good, kid: 'other', key_ops: ['verify', 'verify'] })],
    ['"use": null', () => ({ ...good, kid: 'other', use: null })],
    ['"alg": null', () => ({ ...good, kid: 'other', alg: null })],
    ['"alg": a list', () => ({ ...good, kid: 'other', alg: ['ES256'] })],
    ['a kid that is no text', () => ({ ...good, kid: 7 })],
    ['no curve', () => ({ ...good, kid: 'other', crv: undefined })],
    ['a coordinate that is cut', () => ({ ...good, kid: 'other', x: 'AA' })],
    ['a coordinate that is no text', () => ({ ...good, kid: 'other', x: { toString: 1 } })],
    ['a point that is not on the curve', () => ({ ...good, kid: 'other', y: good.x })],
    ['no modulus', () => ({ ...rsa, kid: 'other', n: undefined })],
    ['1,024 bits', () => ({ ...rsaKey(1_024), kid: 'other' })],
    ['the exponent 1', () => ({ ...rsa, kid: 'other', e: 'AQ' })],
    ['more bits than can be verified in time', () => ({ ...rsa, kid: 'other', n: 'f'.repeat(1_500) })],
  ])('%s is broken', (_what, entry) => {
    const broken = [(entry() as { kid?: unknown } | null)?.kid === 'other' ? 'other' : '(no kid)'];
    expect(kidsOf({ keys: [entry(), good, rsa] })).toEqual({ usable: ['good', 'rsa'], broken, leaked: [] });
  });

  test.each<[string, object]>([
    ['an unknown type', { kty: 'LMS' }],
    ['a type for other algorithms', { kty: 'OKP', crv: 'Ed25519' }],
    ['another curve', { crv: 'P-384' }],
    ['an unknown curve', { crv: 'secp256k1' }],
    ['another algorithm', { alg: 'ES384' }],
    ['an unknown algorithm', { alg: 'XX256' }],
    ['the algorithm of another type', { alg: 'RS256' }],
    ['encryption', { use: 'enc' }],
    ['other operations', { key_ops: ['deriveKey'] }],
    ['no operation', { key_ops: [] }],
  ])('%s is for something else, and is not worth a line', async (_what, wrong) => {
    const entry = { ...(await other()), ...wrong };
    expect(kidsOf({ keys: [entry, good] })).toEqual({ usable: ['good'], broken: [], leaked: [] });
  });
});

test.each([null, [], 'keys', {}, { keys: null }, { keys: {} }, { keys: 'none' }])('%j is no key set', (set) => {
  expect(() => sortKeys(set)).toThrow('The response is not a JSON Web Key Set.');
});

test('keys are taken without a kid, by a kid of two, and once where they stand twice', async () => {
  const { kid: _, ...nameless } = await other();
  const namesake = { ...(await other()), kid: 'good' };
  expect(kidsOf({ keys: [nameless, good, good, namesake] }).usable).toEqual([undefined, 'good', 'good']);
});

test('a usable key has its public parameters, algorithm and name, and nothing else of its entry', () => {
  const more = { x5u: 'https://evil.example', x5c: ['AA'], x5t: 'AA', ext: 1, iat: 5, key_ops: ['verify'] };
  const { kty, crv, x, y } = good;
  const { usable } = sortKeys({ keys: [{ ...good, alg: undefined, use: undefined, ...more }] });
  expect(usable).toEqual([{ kty, crv, x, y, kid: 'good', alg: 'ES256', use: 'sig' }]);
});

describe('a key that is published with its secret is not used, and is told', () => {
  const privateKey = (alg: Algorithm) =>
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  test.each<Algorithm>(['RS256', 'ES256'])('%s', (alg) => {
    const jwk = { ...privateKey(alg).export({ format: 'jwk' }), kid: 'leaked', alg };
    expect(kidsOf({ keys: [jwk, good] })).toEqual({ usable: ['good'], broken: [], leaked: ['leaked'] });
  });

  test('nor is its public half, wherever it stands', () => {
    const { d, ...half } = privateKey('ES256').export({ format: 'jwk' });
    for (const keys of [
      [half, { ...half, d }, good],
      [good, { ...half, d, kid: 'x' }, { ...half, kid: 'renamed' }],
    ]) {
      expect(sortKeys({ keys }).usable.map(({ kid }) => kid)).toEqual(['good']);
    }
  });

  test.each([
    ['a secret (oct)', { kty: 'oct', k: 'c2VjcmV0', kid: 'leaked' }],
    ['a private parameter that is malformed', { kty: 'RSA', n: 'x', e: 'AQAB', d: null, kid: 'leaked' }],
    ['one of another type', { kty: 'OKP', crv: 'Ed25519', x: 'AA', d: 'AA', kid: 'leaked' }],
    ['one for encryption', { kty: 'RSA', use: 'enc', n: 'x', e: 'AQAB', p: 'AA', kid: 'leaked' }],
    ['one of the AKP type', { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA', priv: 'AA', kid: 'leaked' }],
  ])('%s', (_what, entry) => {
    expect(kidsOf({ keys: [entry, good] })).toEqual({ usable: ['good'], broken: [], leaked: ['leaked'] });
  });
});

test('names in the log are cut', () => {
  const { broken } = sortKeys({ keys: [{ ...good, x: 'AA', kid: 'k'.repeat(100_000) }] });
  expect(broken).toEqual(['k'.repeat(64)]);
});
