import { readFileSync } from 'node:fs';
import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { type Claims, newKey } from '@facet/cli/internal/gateway/issuer.ts';

import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { CLIENTS } from '../../examples/testing/clients.ts';
import { AUDIENCES, type RunningGateway, startGateway, testedHaproxy } from './testing/gateway.ts';

const haproxy = testedHaproxy();
const now = Math.floor(Date.now() / 1_000);

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('the gateway', () => behind(haproxy));

function behind(binary: string): void {
  let bff: LocalService;
  let gateway: RunningGateway;
  beforeAll(async () => {
    bff = await startLocalService((_request, response) => json(response, { data: {} }));
    const address = bff.url.slice('http://'.length);
    gateway = await startGateway(binary, Object.fromEntries(CLIENTS.map(({ client }) => [client, [address]])));
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await bff[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    bff.arrived.length = 0;
  });

  const arrived = () => bff.arrived.filter(({ url }) => url !== '/readyz');
  const withToken = (token: string, path = '/mobile/graphql') =>
    gateway.ask(path, { headers: { authorization: `Bearer ${token}` } });

  describe('accepts a token', () => {
    test.each(
      CLIENTS.map(({ client, identity: { header } }) => {
        const audience = header === 'X-Partner-Id' ? AUDIENCES.partners : AUDIENCES.users;
        return [client, audience, header.toLowerCase()] as const;
      }),
    )('for %s, signed by either key, and forwards its subject', async (client, aud, header) => {
      for (const key of gateway.keys) {
        const { status } = await withToken(await gateway.token({ aud, sub: 'a_1' }, {}, key), `/${client}/graphql`);
        expect(status).toBe(200);
      }
      expect(arrived().map(({ headers }) => headers[header])).toEqual(['a_1', 'a_1']);
    });

    test('that is valid, or becomes valid within the leeway', async () => {
      for (const nbf of [now - 60, now, now + 2]) {
        expect((await withToken(await gateway.token({ nbf }))).status).toBe(200);
      }
    });

    test('that is valid for a second', async () => {
      expect((await withToken(await gateway.token({ nbf: now - 0.5, exp: now + 600.5 }))).status).toBe(200);
    });

    test('with any case of "Bearer", and forwards it to the BFF', async () => {
      const authorization = `bEARER ${await gateway.token()}`;
      expect((await gateway.ask('/web/graphql', { headers: { authorization } })).status).toBe(200);
      expect(arrived()[0]?.headers.authorization).toBe(authorization);
    });

    test.each(['u_42', 'auth0|5f7c', 'a.b-c:d@e=', '7', 'x'.repeat(128)])('with the subject %s', async (sub) => {
      expect((await withToken(await gateway.token({ sub }))).status).toBe(200);
      expect(arrived()[0]?.headers['x-user-id']).toBe(sub);
    });
  });

  /** How the token is made, and what the gateway says of it. */
  type Refused = readonly [what: string, token: () => string | Promise<string>, problem: string];
  const UNSIGNED = 'The token is not signed by a known key.';
  const OVER = 'The token has expired or has no valid exp.';
  const EARLY = 'The token is not valid yet.';
  const ISSUER = 'The token has a different issuer.';
  const AUDIENCE = 'The token has a different audience.';
  const NOBODY = 'The token has no valid subject.';
  const NONE = 'A token is required: Authorization: Bearer.';
  const claims = async (): Promise<Claims> => payloadOf(await gateway.token());

  describe('rejects a token and forwards nothing', () => {
    test.each<Refused>([
      ['that has expired', () => gateway.token({ exp: now - 1 }), OVER],
      ['without an end', () => gateway.token({ exp: undefined }), OVER],
      ['whose end is no number', () => gateway.token({ exp: 'never' }), OVER],
      ['whose end is a number as a text', () => gateway.token({ exp: String(now + 600) }), OVER],
      ['whose end is larger than any time', () => gateway.token({ exp: Number.MAX_VALUE }), OVER],
      ['that has not begun', () => gateway.token({ nbf: now + 600 }), EARLY],
      ['whose beginning is no number', () => gateway.token({ nbf: 'soon' }), EARLY],
      ['whose beginning is null', () => gateway.token({ nbf: null }), EARLY],
      ['by another issuer', () => gateway.token({ iss: 'https://elsewhere.example' }), ISSUER],
      ['without an issuer', () => gateway.token({ iss: undefined }), ISSUER],
      ['for partners', () => gateway.token({ aud: AUDIENCES.partners }), AUDIENCE],
      ['without an audience', () => gateway.token({ aud: undefined }), AUDIENCE],
      ['for several', () => gateway.token({ aud: [AUDIENCES.users, 'others'] }), AUDIENCE],
      ['without a name', () => gateway.token({ sub: undefined }), NOBODY],
      ['with an empty name', () => gateway.token({ sub: '' }), NOBODY],
      ['whose name is too long', () => gateway.token({ sub: 'x'.repeat(129) }), NOBODY],
      ['whose name would be a list', () => gateway.token({ sub: 'u_1,u_2' }), NOBODY],
      ['whose name would be another header', () => gateway.token({ sub: 'u_1\r\nX-Partner-Id: pa_1' }), NOBODY],
      ['whose name leads elsewhere', () => gateway.token({ sub: '../u_1' }), NOBODY],
      ['by an unknown key', () => gateway.token({}, { kid: 'another' }), UNSIGNED],
      ['that does not say by which key', () => gateway.token({}, { kid: undefined }), UNSIGNED],
      [
        'by another key of the same name',
        () => gateway.token({}, {}, { ...gateway.keys[0], privateKey: newKey('ES256') }),
        UNSIGNED,
      ],
      ['by one key in the name of the other', () => gateway.token({}, { kid: gateway.keys[1].id }), UNSIGNED],
      ['with another algorithm of the same key', () => gateway.token({}, { alg: 'RS512' }, gateway.keys[1]), UNSIGNED],
      ['that wants to be understood', () => criticalToken(), UNSIGNED],
      ['that was changed', async () => changed(await gateway.token(), { sub: 'u_1' }), UNSIGNED],
      ['whose signature is cut off', async () => (await gateway.token()).replace(/[^.]+$/, ''), UNSIGNED],
      ['of alg=none', async () => new UnsecuredJWT({ ...(await claims()) }).encode(), UNSIGNED],
      ['of alg=none that names a key', () => withHeader({ alg: 'none' }, ''), UNSIGNED],
      ['of alg=none with a signature', () => withHeader({ alg: 'none' }, 'c2ln'), UNSIGNED],
      ['of HS256 by a public key', () => byPublicKey('HS256'), UNSIGNED],
      ['of HS256 by the name of the file', () => byFileName('HS256'), UNSIGNED],
      ['of two parts', async () => (await gateway.token()).split('.').slice(0, 2).join('.'), UNSIGNED],
      ['of four parts', async () => `${await gateway.token()}.e30`, UNSIGNED],
      ['with another one behind it', async () => `${await gateway.token()}, Bearer ${await gateway.token()}`, UNSIGNED],
      ['with something else behind it', async () => `${await gateway.token()} x`, UNSIGNED],
      ['that is padded', async () => `${await gateway.token()}=`, UNSIGNED],
      ['that is none', () => 'nothing', UNSIGNED],
    ])('%s', async (_what, token, problem) => {
      const { status, headers, text } = await withToken(await token());
      const { errors } = JSON.parse(text);
      expect({ status, errors }).toEqual({
        status: 401,
        errors: [{ message: problem, extensions: { code: 'UNAUTHENTICATED', requestId: headers['x-request-id'] } }],
      });
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'www-authenticate': `Bearer realm="facet", error="invalid_token", error_description="${problem}"`,
      });
      expect(arrived()).toEqual([]);
    });

    test('of a user for the partner API', async () => {
      expect((await withToken(await gateway.token(), '/partner/graphql')).status).toBe(401);
      expect(arrived()).toEqual([]);
    });
  });

  test('requires exactly one token', async () => {
    const token = await gateway.token();
    const inOtherPlaces = [
      {},
      { authorization: 'Basic dTpw' },
      { authorization: 'Bearer' },
      { cookie: `token=${token}` },
      ['authorization', `Bearer ${token}`, 'authorization', `Bearer ${token}`],
    ];
    for (const headers of inOtherPlaces) {
      const answer = await gateway.ask(`/mobile/graphql?access_token=${token}`, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="facet"');
      expect(JSON.parse(answer.text).errors[0].message).toBe(NONE);
    }
    expect(arrived()).toEqual([]);
  });

  const withHeader = async (header: object, signature: string) =>
    `${encoded({ kid: gateway.keys[0].id, ...header })}.${encoded(await claims())}.${signature}`;

  const byFileName = async (alg: string) => {
    const [{ id, publicFile }] = gateway.keys;
    return new SignJWT({ ...(await claims()) }).setProtectedHeader({ alg, kid: id }).sign(Buffer.from(publicFile));
  };
  const byPublicKey = async (alg: string) => {
    const { id, publicFile } = gateway.keys[1];
    return new SignJWT({ ...(await claims()) }).setProtectedHeader({ alg, kid: id }).sign(readFileSync(publicFile));
  };
  const criticalToken = async () => {
    const { id: kid, algorithm: alg, privateKey } = gateway.keys[0];
    const header = { alg, kid, crit: ['b64'], b64: true };
    return new SignJWT({ ...(await claims()) }).setProtectedHeader(header).sign(privateKey);
  };
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function payloadOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** The token with other claims, under the signature that it had. */
function changed(token: string, claims: Claims): string {
  const [header, , signature] = token.split('.');
  return `${header}.${encoded({ ...payloadOf(token), ...claims })}.${signature}`;
}
