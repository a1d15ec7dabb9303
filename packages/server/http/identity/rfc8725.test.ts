import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { type Issuer, newSigningKey, type SigningKey, startIssuer } from '@facet/testing/internal/issuer.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CompactEncrypt, type JWTPayload } from 'jose';
import { IdentityUnavailableError, UnauthenticatedError } from '../../request/errors.ts';
import type { TokenSettings } from '../settings/identity.ts';
import { createVerifier } from './verifier.ts';

/*
 * RFC 8725 (JSON Web Token Best Current Practices): a test for each recommendation of section 3, by its number.
 */

const DAY_S = 86_400;
const ISSUER = 'https://login.internal';
const nowS = () => Math.floor(Date.now() / 1_000);
const claims = (more: Readonly<Record<string, unknown>> = {}): JWTPayload => ({
  iss: ISSUER,
  aud: 'web',
  sub: 'm_42',
  iat: nowS(),
  exp: nowS() + 600,
  ...more,
});

let ec: SigningKey;
let rsa: SigningKey;
let issuer: Issuer;
beforeAll(async () => {
  [ec, rsa] = await Promise.all([newSigningKey('ec', 'ES256'), newSigningKey('rsa', 'RS256')]);
  issuer = await startIssuer(ec, rsa);
});
afterAll(async () => {
  await issuer[Symbol.asyncDispose]();
});

const SETTINGS = {
  by: 'jwt',
  issuer: ISSUER,
  audience: 'web',
  claim: 'sub',
  type: 'auto',
  maxLifetimeS: 2 * DAY_S,
} as const;
const verifierFor = (more: Partial<TokenSettings> = {}, from = issuer) =>
  createVerifier({ ...SETTINGS, jwksUrl: from.url, ...more }, collectLog().log);

/** Who a token is of; "refused" where it is of nobody. */
async function holderOf(token: string, verify = verifierFor()): Promise<string> {
  try {
    return (await verify(token)).id;
  } catch (error) {
    if (error instanceof UnauthenticatedError) return 'refused';
    if (error instanceof IdentityUnavailableError) return 'unavailable';
    throw error;
  }
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (header: object, payload: object, sign: (input: string) => string) => {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${sign(input)}`;
};
const rs256 = (key: KeyObject) => (input: string) => createSign('sha256').update(input).sign(key, 'base64url');

test('a token that follows all of them is accepted', async () => {
  for (const key of [ec, rsa]) expect(await holderOf(await key.sign(claims()))).toBe('m_42');
});

test('3.1: the algorithm is one of ours, and each key is for one algorithm', async () => {
  const secret = (key: string) => (input: string) => createHmac('sha256', key).update(input).digest('base64url');
  for (const kid of ['rsa', 'ec', undefined]) {
    for (const alg of ['none', 'NONE', 'nOnE', '']) {
      expect(await holderOf(signed({ alg, kid }, claims(), () => 'AA'))).toBe('refused');
      expect(await holderOf(signed({ alg, kid }, claims(), () => ''))).toBe('refused');
    }
    expect(await holderOf(signed({ alg: 'HS256', kid }, claims(), secret(rsa.pem)))).toBe('refused');
    expect(await holderOf(signed({ alg: 'HS256', kid }, claims(), secret(JSON.stringify(rsa.jwk))))).toBe('refused');
  }
  const [, payload, signature] = (await rsa.sign(claims())).split('.');
  for (const alg of ['ES256', 'PS256', 'RS512', 'rs256', ['RS256'], null, undefined]) {
    expect(await holderOf(`${encoded({ alg, kid: 'rsa' })}.${payload}.${signature}`)).toBe('refused');
  }
  expect(await holderOf(await rsa.sign(claims(), { kid: 'ec' }))).toBe('refused');
});

test('3.2: keys for other algorithms are not used, however the issuer publishes them', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'p384' };
  const p384: SigningKey = { kid: 'p384', jwk, pem: '', sign: async () => '' };
  await using other = await startIssuer(p384, ec);
  const sign = (input: string) =>
    createSign('sha384').update(input).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }, 'base64url');
  for (const alg of ['ES384', 'ES256']) {
    expect(await holderOf(signed({ alg, kid: 'p384' }, claims(), sign), verifierFor({}, other))).toBe('refused');
  }
});

test('3.3: every cryptographic operation is validated: no part of a token can be changed or left out', async () => {
  const [header = '', payload = '', signature = ''] = (await ec.sign(claims())).split('.');
  const changed = encoded(claims({ sub: 'm_1' }));
  for (const parts of [
    [header, changed, signature],
    [encoded({ alg: 'ES256', kid: 'ec', typ: 'at+jwt' }), payload, signature],
    [header, payload, ''],
    [header, payload, signature.slice(0, -4)],
    [header, payload, `${signature}AAAA`],
    [header, payload, 'A'.repeat(signature.length)],
    [header, '', signature],
    ['', payload, signature],
    [header, payload],
    [header, payload, signature, ''],
  ]) {
    expect(await holderOf(parts.join('.'))).toBe('refused');
  }
  // Signed as JWS and JWE once more: neither is a token of ours.
  const inner = await ec.sign(claims());
  const nested = `${encoded({ alg: 'ES256', kid: 'ec', cty: 'JWT' })}.${Buffer.from(inner).toString('base64url')}`;
  expect(await holderOf(`${nested}.${signature}`)).toBe('refused');
});

test('3.4: a key whose point is not on its curve is not used (invalid curve)', async () => {
  await using other = await startIssuer({ ...ec, jwk: { ...ec.jwk, y: ec.jwk.x ?? '' } }, rsa);
  const verify = verifierFor({}, other);
  expect(await holderOf(await ec.sign(claims()), verify)).toBe('refused');
  expect(await holderOf(await rsa.sign(claims()), verify)).toBe('m_42');
});

test('3.5: keys have enough entropy: no RSA key under 2,048 bits, no shared secret', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const weak = { ...ec, jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' } };
  const oct = { ...ec, jwk: { kty: 'oct', k: 'c2VjcmV0', kid: 'oct', alg: 'HS256' } };
  await using other = await startIssuer(weak, oct, ec);
  const verify = verifierFor({}, other);
  expect(await holderOf(signed({ alg: 'RS256', kid: 'weak' }, claims(), rs256(privateKey)), verify)).toBe('refused');
  const hmac = (input: string) => createHmac('sha256', 'secret').update(input).digest('base64url');
  expect(await holderOf(signed({ alg: 'HS256', kid: 'oct' }, claims(), hmac), verify)).toBe('refused');
  expect(await holderOf(await ec.sign(claims()), verify)).toBe('m_42');
});

test('3.6: nothing is decrypted or decompressed', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const encrypted = await new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
    .encrypt(publicKey);
  expect(await holderOf(encrypted)).toBe('refused');
  expect(await holderOf(await ec.sign(claims(), { crit: ['zip'], zip: 'DEF' }).catch(() => 'x'))).toBe('refused');
  for (const extension of [
    { b64: false, crit: ['b64'] },
    { crit: ['exp'], exp: 1 },
    { crit: ['x'], x: 1 },
    { crit: [] },
  ]) {
    expect(await holderOf(signed({ alg: 'ES256', kid: 'ec', ...extension }, claims(), () => 'AAAA'))).toBe('refused');
  }
});

test('3.7: claims are UTF-8, and a token has one spelling', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const own = { ...rsa, jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256' } };
  await using other = await startIssuer(own);
  const verify = verifierFor({}, other);
  const withPayload = (payload: Buffer, head = encoded({ alg: 'RS256', kid: 'own' })) => {
    const input = `${head}.${payload.toString('base64url')}`;
    return `${input}.${rs256(privateKey)(input)}`;
  };
  const text = JSON.stringify(claims({ name: '?' }));
  expect(await holderOf(withPayload(Buffer.from(text)), verify)).toBe('m_42');
  expect(await holderOf(withPayload(Buffer.from(text.replace('?', '\xff'), 'latin1')), verify)).toBe('refused');
  expect(await holderOf(withPayload(Buffer.from(text, 'utf16le')), verify)).toBe('refused');
  for (const payload of ['null', '[]', '"m_42"', '5', '{', '']) {
    expect(await holderOf(withPayload(Buffer.from(payload)), verify)).toBe('refused');
  }

  let token = '';
  // Its signature has a character that is another one in plain base64.
  for (let jti = 0; !/[-_]/.test(token.split('.')[2] ?? ''); jti += 1)
    token = await ec.sign(claims({ jti: String(jti) }));
  const [header = '', payload = '', signature = ''] = token.split('.');
  // 64 bytes leave four bits of the last character over, which decoders ignore.
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const sameBytes = signature.slice(0, -1) + ALPHABET[ALPHABET.indexOf(signature.at(-1) ?? '') + 1];
  expect(Buffer.from(sameBytes, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
  for (const spelling of [
    [header, payload, sameBytes],
    [header, payload, `${signature}==`],
    [header, payload, `${signature} `],
    [header, payload, `${signature}\n`],
    [header, payload, signature.replaceAll('-', '+').replaceAll('_', '/')],
  ]) {
    expect(await holderOf(spelling.join('.'))).toBe('refused');
  }
  expect(await holderOf(token)).toBe('m_42');
});

describe('3.8: issuer and subject are validated', () => {
  test.each([
    ['another issuer', { iss: 'https://evil.internal' }],
    ['an issuer that begins the same', { iss: `${ISSUER}.evil.example` }],
    ['an issuer with a slash more', { iss: `${ISSUER}/` }],
    ['an issuer in capitals', { iss: ISSUER.toUpperCase() }],
    ['a list of issuers', { iss: [ISSUER] }],
    ['no issuer', { iss: undefined }],
    ['no subject', { sub: undefined }],
    ['a subject that is a number', { sub: 42 }],
    ['an empty subject', { sub: '' }],
    ['a subject that breaks a header', { sub: 'm_42\r\nX-Admin: 1' }],
    ['a subject that is a path', { sub: '../m_42' }],
    ['a subject of 129 characters', { sub: 'u'.repeat(129) }],
    ['two subjects', { sub: 'm_42,m_43' }],
    ['a subject that is not ASCII', { sub: 'ü_42' }],
  ])('%s', async (_what, wrong) => {
    expect(await holderOf(await ec.sign(claims(wrong)))).toBe('refused');
  });

  test('a subject of 128 characters is accepted', async () => {
    expect(await holderOf(await ec.sign(claims({ sub: 'u'.repeat(128) })))).toBe('u'.repeat(128));
  });
});

describe('3.9: the audience is validated', () => {
  test.each([
    ['another', 'partner'],
    ['one that begins the same', 'web2'],
    ['one with white space', ' web'],
    ['in capitals', 'WEB'],
    ['a list of others', ['partner', 'mobile']],
    ['a list in a list', [['web']]],
    ['an object', { web: true }],
    ['none', undefined],
    ['an empty list', []],
  ])('%s', async (_what, aud) => {
    expect(await holderOf(await ec.sign(claims({ aud })))).toBe('refused');
  });

  test('a list with ours is accepted', async () => {
    expect(await holderOf(await ec.sign(claims({ aud: ['partner', 'web'] })))).toBe('m_42');
  });
});

test('3.10: received claims are not trusted: no key of the token’s own, no address that it names, no odd kid', async () => {
  const stranger = await newSigningKey('stranger');
  await using theirs = await startIssuer(stranger);
  await using own = await startIssuer(ec);
  const verify = verifierFor({}, own);
  for (const header of [
    { jwk: stranger.jwk },
    { jwk: stranger.jwk, kid: undefined },
    { jku: theirs.url },
    { jku: theirs.url, kid: 'ec' },
    { x5u: theirs.url },
    { x5c: ['AAAA'] },
    { kid: '../../dev/null' },
    { kid: "ec' OR '1'='1" },
    { kid: '__proto__' },
    { kid: 'ec\u0000' },
    { kid: 'k'.repeat(4_000) },
    { kid: theirs.url },
  ]) {
    expect(await holderOf(await stranger.sign(claims(), header), verify)).toBe('refused');
  }
  expect(theirs.fetches).toBe(0);
  expect(await holderOf(await ec.sign(claims(), { jku: theirs.url }), verify)).toBe('m_42');
  for (const kid of [7, null, ['ec'], {}]) {
    expect(
      await holderOf(
        signed({ alg: 'ES256', kid }, claims(), () => 'AAAA'),
        verify,
      ),
    ).toBe('refused');
  }
});

describe('3.11: explicit typing', () => {
  test.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'jwt', 'application/jwt', undefined])(
    'the type %s is an access token’s, or none',
    async (typ) => {
      expect(await holderOf(await ec.sign(claims(), { typ }))).toBe('m_42');
    },
  );

  const OTHERS = ['logout+jwt', 'secevent+jwt', 'dpop+jwt', 'id+jwt', 'oauth-authz-req+jwt', 'JOSE', 'at+jwt2', ''];
  test.each([...OTHERS, null, 7])('the type %j is another’s', async (typ) => {
    expect(await holderOf(await ec.sign(claims(), { typ }))).toBe('refused');
  });

  test.each([
    ['at+jwt', 'm_42'],
    ['application/at+jwt', 'm_42'],
    ['JWT', 'refused'],
    [undefined, 'refused'],
  ])('with JWT_TYPE=at+jwt the type %s is %s', async (typ, expected) => {
    expect(await holderOf(await ec.sign(claims(), { typ }), verifierFor({ type: 'at+jwt' }))).toBe(expected);
  });
});

describe('3.12: no other kind of token passes for an access token', () => {
  test.each<[string, Record<string, unknown>]>([
    ['an ID token with a nonce', { nonce: 'n' }],
    ['an ID token of the hybrid flow', { c_hash: 'x' }],
    ['an ID token with the hash of an access token', { at_hash: 'x' }],
    ['an ID token of Keycloak', { typ: 'ID' }],
    ['a refresh token of Keycloak', { typ: 'Refresh' }],
    ['an offline token of Keycloak', { typ: 'Offline' }],
    ['a token of Keycloak that is bound to a key (DPoP)', { typ: 'DPoP' }],
    ['an ID token of Cognito', { token_use: 'id' }],
    ['a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
    ['a security event', { events: {}, typ: 'Bearer' }],
    ['one that says two things', { typ: 'Bearer', token_use: 'id' }],
    ['one whose kind is no text', { typ: null }],
  ])('%s', async (_what, more) => {
    expect(await holderOf(await ec.sign(claims(more)))).toBe('refused');
  });

  test.each([
    {
      issuer: 'Keycloak before version 25',
      more: { typ: 'Bearer', azp: 'app', nonce: 'n', scope: 'openid' },
      typ: 'JWT',
    },
    { issuer: 'Cognito', more: { token_use: 'access', client_id: 'app', scope: 'openid' }, typ: undefined },
    { issuer: 'Auth0', more: { azp: 'app', scope: 'openid profile', gty: 'password' }, typ: 'JWT' },
    { issuer: 'Entra ID', more: { ver: '2.0', azp: 'app', scp: 'read', oid: 'x', tid: 'y', acr: '1' }, typ: 'JWT' },
    { issuer: 'Okta', more: { ver: 1, jti: 'AT.1', cid: 'app', uid: 'x', scp: ['openid'] }, typ: undefined },
    { issuer: 'RFC 9068', more: { client_id: 'app', jti: '1', scope: 'a', nonce: 'n' }, typ: 'at+jwt' },
  ])('an access token as of $issuer is accepted', async ({ more, typ }) => {
    expect(await holderOf(await ec.sign(claims(more), { typ }))).toBe('m_42');
  });
});

describe('a token expires in effect', () => {
  test.each<[string, () => Record<string, unknown>]>([
    ['without an expiry', () => ({ exp: undefined })],
    ['that expires in a hundred years', () => ({ exp: nowS() + 36_500 * DAY_S })],
    [
      'that was issued for a year, though little of it is left',
      () => ({ iat: nowS() - 364 * DAY_S, exp: nowS() + DAY_S }),
    ],
    [
      'for longer than the policy, which does not say when it was issued',
      () => ({ iat: undefined, exp: nowS() + 3 * DAY_S }),
    ],
    ['that will be issued', () => ({ iat: nowS() + 60 })],
    ['that was issued before time began', () => ({ iat: -1e300 })],
    ['whose issue is no number', () => ({ iat: String(nowS()) })],
    ['whose expiry is a text', () => ({ exp: '9999999999' })],
    ['whose expiry is a list', () => ({ exp: [nowS() + 600] })],
  ])('%s it is refused', async (_what, wrong) => {
    expect(await holderOf(await ec.sign(claims(wrong())))).toBe('refused');
  });

  test('at a number that is too large for any date it is refused', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const own = { ...rsa, jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256' } };
    await using other = await startIssuer(own);
    const payload = JSON.stringify(claims({ exp: 0 })).replace('"exp":0', '"exp":1e999');
    const input = `${encoded({ alg: 'RS256', kid: 'own' })}.${Buffer.from(payload).toString('base64url')}`;
    expect(await holderOf(`${input}.${rs256(privateKey)(input)}`, verifierFor({}, other))).toBe('refused');
  });

  test('within JWT_MAX_LIFETIME_S it is accepted', async () => {
    const token = await ec.sign(claims({ exp: nowS() + 3_000 }));
    expect(await holderOf(token, verifierFor({ maxLifetimeS: 3_600 }))).toBe('m_42');
    expect(await holderOf(token, verifierFor({ maxLifetimeS: 2_000 }))).toBe('refused');
  });
});

test('a kid of two keys names either of them, and no kid names neither', async () => {
  const [first, second, other] = await Promise.all([
    newSigningKey('same'),
    newSigningKey('same'),
    newSigningKey('same'),
  ]);
  await using issuing = await startIssuer(first, second);
  const verify = verifierFor({}, issuing);
  expect(await holderOf(await first.sign(claims()), verify)).toBe('m_42');
  expect(await holderOf(await second.sign(claims()), verify)).toBe('m_42');
  expect(await holderOf(await other.sign(claims()), verify)).toBe('refused');
  expect(await holderOf(await first.sign(claims({ aud: 'partner' })), verify)).toBe('refused');
  expect(await holderOf(await first.sign(claims(), { kid: undefined }), verify)).toBe('refused');
});

test('a token of more than 8,192 characters is refused', async () => {
  expect(await holderOf(await ec.sign(claims({ more: 'x'.repeat(4_000) })))).toBe('m_42');
  expect(await holderOf(await ec.sign(claims({ more: 'x'.repeat(6_200) })))).toBe('refused');
});
