import { generateKeyPairSync } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { type Issuer, newSigningKey, type SigningKey, startIssuer } from '@facet/testing/internal/issuer.ts';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { jwtVerify } from 'jose';
import { IdentityUnavailableError } from '../../request/errors.ts';
import { KeySet } from './key-set.ts';

let old: SigningKey;
let next: SigningKey;
beforeAll(async () => {
  [old, next] = await Promise.all([newSigningKey('old'), newSigningKey('next')]);
});

const started: Issuer[] = [];
afterEach(async () => {
  for (const issuer of started.splice(0)) await issuer[Symbol.asyncDispose]();
});

async function setUp(options: { readonly cooldownMs?: number } = {}) {
  const issuer = await startIssuer(old);
  started.push(issuer);
  const { log, logged } = collectLog();
  const keys = new KeySet(issuer.url, log, options);
  const verify = async (key: SigningKey) => (await jwtVerify(await key.sign({ sub: 'm_42' }), keys.keyFor)).payload.sub;
  return { issuer, keys, verify, logged };
}

const UNKNOWN = { code: 'ERR_JWKS_NO_MATCHING_KEY' };

test('the keys are fetched once, for however many who need them at the same time', async () => {
  const { issuer, verify } = await setUp();
  expect(await Promise.all(Array.from({ length: 20 }, () => verify(old)))).toEqual(Array(20).fill('m_42'));
  expect(await verify(old)).toBe('m_42');
  expect(issuer.fetches).toBe(1);
});

test('a key that is not known is looked for at the issuer’s, and then taken', async () => {
  const { issuer, verify } = await setUp({ cooldownMs: 0 });
  await verify(old);
  issuer.keys = [old, next];
  expect(await Promise.all([verify(next), verify(old), verify(next)])).toEqual(Array(3).fill('m_42'));
  expect(issuer.fetches).toBe(2);
});

test('but not more often than once in a while, however many are made up', async () => {
  const { issuer, verify } = await setUp({ cooldownMs: 60_000 });
  await verify(old);
  issuer.keys = [old, next];
  for (let times = 0; times < 5; times += 1) await expect(verify(next)).rejects.toMatchObject(UNKNOWN);
  expect(issuer.fetches).toBe(1);
});

test('a key that is no longer published is no longer taken', async () => {
  const { issuer, keys, verify } = await setUp({ cooldownMs: 60_000 });
  await verify(old);
  issuer.keys = [next];
  await keys.refresh();
  await expect(verify(old)).rejects.toMatchObject(UNKNOWN);
  expect(await verify(next)).toBe('m_42');
});

test('a key that was published with its secret stays refused when only its public half is published later', async () => {
  const { issuer, keys, verify } = await setUp();
  issuer.keys = [{ ...old, jwk: { ...old.jwk, d: 'AA' } }, next];
  await keys.refresh();
  for (let times = 0; times < 2; times += 1) {
    issuer.keys = [old, next];
    await keys.refresh();
    await expect(verify(old)).rejects.toMatchObject(UNKNOWN);
    expect(await verify(next)).toBe('m_42');
  }
});

describe('keys that are broken', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey.export({ format: 'jwk' });

  test('are told in one line, and the others go on', async () => {
    const { issuer, keys, verify, logged } = await setUp();
    const jwk = { ...small, kid: 'small', alg: 'RS256' };
    issuer.keys = [old, { ...next, jwk: { ...next.jwk, x: 'AA' } }, { ...next, jwk }];
    await keys.refresh();
    expect(await verify(old)).toBe('m_42');
    expect(logged).toMatchObject([{ level: 40, kids: ['next', 'small'], msg: 'keys of the key set are broken' }]);
    await expect(verify(next)).rejects.toThrow();
  });

  test.each([
    ['that are broken', { x: 'AA' }],
    ['to encrypt with', { use: 'enc' }],
    ['for something else', { key_ops: ['deriveKey'] }],
    ['of another algorithm', { alg: 'ES384' }],
    ['on another curve', { crv: 'secp256k1' }],
    ['of another type', { kty: 'OKP' }],
  ])('and no others, or only keys %s, sign nobody out', async (_what, wrong) => {
    const { issuer, keys, verify, logged } = await setUp();
    expect(await verify(old)).toBe('m_42');
    issuer.keys = [{ ...old, jwk: { ...old.jwk, ...wrong } }];
    await keys.refresh();
    expect(await verify(old)).toBe('m_42');
    expect(logged.at(-1)).toMatchObject({ msg: 'the key set could not be fetched: the known keys go on' });
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['"key_ops": null', { kty: 'EC', crv: 'P-256', kid: 'x', key_ops: null }],
    ['an unknown type', { kty: 'XYZ', kid: 'old' }],
  ])('do not reject the set: %s', async (_what, entry) => {
    const { issuer, keys, verify } = await setUp();
    issuer.answer = (_request, response) => response.end(JSON.stringify({ keys: [entry, old.jwk, next.jwk] }));
    await keys.refresh();
    expect(await verify(old)).toBe('m_42');
    expect(await verify(next)).toBe('m_42');
    expect(issuer.fetches).toBe(1);
  });
});

describe('private keys in the set', () => {
  const ALARM = 'the key set contains private or symmetric keys: replace them, anybody can sign with them';

  test('are not used, though their public halves were, and are told as an error', async () => {
    const { issuer, keys, verify, logged } = await setUp({ cooldownMs: 60_000 });
    issuer.keys = [old, next];
    await verify(old);
    issuer.keys = [{ ...old, jwk: { ...old.jwk, d: 'AA' } }, next];
    await keys.refresh();
    await expect(verify(old)).rejects.toMatchObject(UNKNOWN);
    expect(await verify(next)).toBe('m_42');
    expect(logged).toMatchObject([{ level: 50, kids: ['old'], msg: ALARM }]);
  });

  test('and no others leave none of them known', async () => {
    const { issuer, keys, verify } = await setUp({ cooldownMs: 60_000 });
    issuer.keys = [old, next];
    await verify(old);
    issuer.keys = [{ ...old, jwk: { ...old.jwk, d: 'AA' } }];
    await keys.refresh();
    await expect(verify(old)).rejects.toBeInstanceOf(IdentityUnavailableError);
    expect(await verify(next)).toBe('m_42');
  });
});

const rubbish = (status: number, text: string): RequestListener => {
  return (_request, response) => response.writeHead(status).end(text);
};

describe.each<[string, RequestListener]>([
  ['hangs', () => {}],
  ['begins to answer and hangs', (_request, response) => response.writeHead(200).write('{"keys":[')],
  ['is cut off', (request) => request.socket.destroy()],
  ['has an error', rubbish(500, '{}')],
  ['sends elsewhere', (_request, response) => response.writeHead(302, { location: '/other.json' }).end()],
  ['answers a page', rubbish(200, '<!doctype html>')],
  ['answers JSON that is no key set', rubbish(200, '{"keys":"none"}')],
  ['answers null', rubbish(200, 'null')],
  ['answers no key at all', rubbish(200, '{"keys":[]}')],
  ['answers a key set larger than any is', rubbish(200, JSON.stringify({ keys: [], more: 'x'.repeat(200_000) }))],
  [
    'answers without an end',
    (_request, response) => {
      response.writeHead(200).write('{"keys":[');
      const more = () => {
        while (!response.destroyed && response.write('{"kty":"EC"},'.repeat(1_000)));
      };
      response.on('drain', more);
      more();
    },
  ],
])('where the issuer %s', (_how, answer) => {
  test('the known keys go on, and a token of another key cannot be judged', async () => {
    const { issuer, keys, verify, logged } = await setUp({ cooldownMs: 60_000 });
    await verify(old);
    issuer.answer = answer;
    await keys.refresh();
    expect(await verify(old)).toBe('m_42');
    await expect(verify(next)).rejects.toBeInstanceOf(IdentityUnavailableError);
    expect(issuer.fetches).toBe(2);
    expect(logged).toMatchObject([{ level: 40, msg: 'the key set could not be fetched: the known keys go on' }]);
    issuer.answer = undefined;
    issuer.keys = [old, next];
    await keys.refresh();
    expect(await verify(next)).toBe('m_42');
  });

  test('from the start, no token can be judged until it is back', async () => {
    const { issuer, verify, logged } = await setUp({ cooldownMs: 0 });
    issuer.answer = answer;
    await expect(verify(old)).rejects.toBeInstanceOf(IdentityUnavailableError);
    expect(logged).toMatchObject([{ msg: 'the key set could not be fetched: no token can be verified' }]);
    issuer.answer = undefined;
    expect(await verify(old)).toBe('m_42');
  });
});

test('an issuer that is not there at all is not asked by everybody', async () => {
  const issuer = await startIssuer();
  const { log, logged } = collectLog();
  const keys = new KeySet(issuer.url, log);
  await issuer[Symbol.asyncDispose]();
  const token = await old.sign({});
  const verified = Array.from({ length: 3 }, () => jwtVerify(token, keys.keyFor));
  for (const one of verified) await expect(one).rejects.toBeInstanceOf(IdentityUnavailableError);
  expect(logged).toHaveLength(1);
});
