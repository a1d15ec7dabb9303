import { bff } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { describe, expect, test } from '@jest/globals';
import { isAmong } from './identity/networks.ts';
import { describeSettings, readSettings } from './settings/settings.ts';

const PRODUCTION = { NODE_ENV: 'production' };
const TOKENS = {
  IDENTITY: 'jwt',
  JWKS_URL: 'https://login.internal/jwks.json',
  JWT_ISSUER: 'https://login.internal',
  JWT_AUDIENCE: 'web',
};

const identityIn = (environment: Record<string, string>) => readSettings(environment, bff).identity;

describe('trusted proxies', () => {
  test('are everybody while developing, and have to be named in production', () => {
    expect(identityIn({})).toEqual({ by: 'header', trustedProxies: undefined });
    expect(() => identityIn(PRODUCTION)).toThrow(/^ {2}TRUSTED_PROXIES: required in production/m);
    expect(() => identityIn({ ...PRODUCTION, TRUSTED_PROXIES: '' })).toThrow('TRUSTED_PROXIES: required in production');
  });

  test('that are missing are told with all else that is wrong', () => {
    const wrong = { ...PRODUCTION, PORT: 'many', MEMBERS_URL: 'ftp://x' };
    expect(() => identityIn(wrong)).toThrow(/PORT: [\s\S]*MEMBERS_URL: [\s\S]*TRUSTED_PROXIES: /);
  });

  test('are addresses and networks, by comma', () => {
    const identity = identityIn({ ...PRODUCTION, TRUSTED_PROXIES: '10.0.0.7, 192.168.0.0/16,fd00::/8 ,' });
    if (identity.by !== 'header' || !identity.trustedProxies) throw new Error('There are none.');
    for (const peer of ['10.0.0.7', '192.168.3.4', 'fd00::7'])
      expect(isAmong(identity.trustedProxies, peer)).toBe(true);
    for (const peer of ['10.0.0.8', '192.169.0.1', '::1']) expect(isAmong(identity.trustedProxies, peer)).toBe(false);
  });

  test.each([
    ['gateway.internal', '"gateway.internal" is neither an address nor a network'],
    ['10.0.0.7,10.0.0.0/33', '"10.0.0.0/33" is neither an address nor a network'],
    [' , ', 'it contains no address'],
  ])('%j is refused, developing or not', (TRUSTED_PROXIES, problem) => {
    expect(() => identityIn({ TRUSTED_PROXIES })).toThrow(`TRUSTED_PROXIES: ${problem}`);
    expect(() => identityIn({ ...PRODUCTION, TRUSTED_PROXIES })).toThrow(`TRUSTED_PROXIES: ${problem}`);
  });
});

describe('tokens', () => {
  test('need no trusted proxy', () => {
    expect(identityIn({ ...PRODUCTION, ...TOKENS })).toEqual({
      by: 'jwt',
      jwksUrl: 'https://login.internal/jwks.json',
      issuer: 'https://login.internal',
      audience: 'web',
      claim: 'sub',
      type: 'auto',
      maxLifetimeS: 172_800,
    });
    expect(identityIn({ ...TOKENS, JWT_CLAIM: 'partner_id' })).toMatchObject({ claim: 'partner_id' });
    expect(identityIn({ ...TOKENS, JWT_TYPE: 'at+jwt', JWT_MAX_LIFETIME_S: '3600' })).toMatchObject({
      type: 'at+jwt',
      maxLifetimeS: 3_600,
    });
    expect(() => identityIn({ ...TOKENS, JWT_TYPE: 'id', JWT_MAX_LIFETIME_S: '0' })).toThrow(
      /JWT_TYPE: [\s\S]*JWT_MAX_LIFETIME_S: /,
    );
  });

  test.each([
    'https://login.internal/jwks.json',
    'http://127.0.0.1:9/jwks',
    'http://[::1]:9/jwks',
    'http://localhost/',
  ])('have their keys in production from %s', (JWKS_URL) => {
    expect(identityIn({ ...PRODUCTION, ...TOKENS, JWKS_URL })).toMatchObject({ jwksUrl: JWKS_URL });
  });

  test.each(['http://login.internal/jwks.json', 'http://127.0.0.1.evil.example/', 'http://10.0.0.7/jwks'])(
    'do not have them in production from %s, where they could be changed on their way',
    (JWKS_URL) => {
      expect(identityIn({ ...TOKENS, JWKS_URL })).toMatchObject({ jwksUrl: JWKS_URL });
      expect(() => identityIn({ ...PRODUCTION, ...TOKENS, JWKS_URL })).toThrow(
        'JWKS_URL: https is required in production',
      );
    },
  );

  test('need keys, an issuer and an audience', () => {
    expect(() => identityIn({ IDENTITY: 'jwt' })).toThrow(
      /JWKS_URL: required with IDENTITY=jwt\n[\s\S]*JWT_ISSUER: required[\s\S]*JWT_AUDIENCE: required/,
    );
    expect(() => identityIn({ ...TOKENS, JWT_AUDIENCE: '' })).toThrow('JWT_AUDIENCE: required with IDENTITY=jwt');
    expect(() => identityIn({ ...TOKENS, JWKS_URL: 'login.internal' })).toThrow('JWKS_URL: not a URL such as');
    expect(() => identityIn({ ...TOKENS, JWKS_URL: 'file:///etc/passwd' })).toThrow('JWKS_URL: not a URL such as');
  });
});

test('there is no other way to be known', () => {
  expect(() => identityIn({ IDENTITY: 'cookie' })).toThrow('IDENTITY: ');
  expect(() => identityIn({ IDENTITY: 'JWT' })).toThrow('IDENTITY: ');
});

test.each([{}, PRODUCTION, TOKENS])('each has its meaning in the list of settings of %j', (environment) => {
  const listed = describeSettings(environment, bff);
  for (const name of [
    'IDENTITY',
    'TRUSTED_PROXIES',
    'JWKS_URL',
    'JWT_ISSUER',
    'JWT_AUDIENCE',
    'JWT_CLAIM',
    'JWT_TYPE',
    'JWT_MAX_LIFETIME_S',
  ]) {
    expect(listed).toMatch(new RegExp(`^ {2}${name} .*\\w.*\\(\\w+\\)$`, 'm'));
  }
});
