import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { stoppedDate } from '@facet/testing/internal/clock.ts';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type Issuer, newSigningKey, type SigningKey, startIssuer } from '@facet/testing/internal/issuer.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { runsScripts } from '@facet/testing/internal/run.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { JWTPayload } from 'jose';
import type { SandboxConfig } from './sandbox/protocol.ts';

const NOW_S = 1_900_000_000;
const WARNING = 40;
const letPass = stoppedDate(NOW_S * 1_000);

const CLAIMS = { iss: 'https://login.internal', aud: 'web', sub: 'm_42', exp: NOW_S + 600 };

let rsa: SigningKey;
let ec: SigningKey;
/** Somebody else's, by the name of the issuer's own. */
let other: SigningKey;
let issuer: Issuer;
let services: ReferenceServices;
let running: RunningBff;

const settingsFor = ({ url }: Issuer) => ({
  IDENTITY: 'jwt',
  JWKS_URL: url,
  JWT_ISSUER: CLAIMS.iss,
  JWT_AUDIENCE: CLAIMS.aud,
});

beforeAll(async () => {
  [rsa, ec, other] = await Promise.all([
    newSigningKey('rsa', 'RS256'),
    newSigningKey('ec', 'ES256'),
    newSigningKey('ec', 'ES256'),
  ]);
  issuer = await startIssuer(rsa, ec);
  services = await startReferenceServices();
  running = await startBff(web, services.urls, settingsFor(issuer));
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
  await issuer[Symbol.asyncDispose]();
});
beforeEach(() => {
  services.arrived.length = 0;
  running.logged.splice(0);
});

const BODY = JSON.stringify({ query: '{ loan(id: "l_7") { id } }' });
const JSON_BODY = { 'content-type': 'application/json' };

/** The ways to ask for something that is the caller's own. */
const DOORS: readonly { readonly door: string; readonly path: string; readonly init: RequestInit }[] = [
  { door: 'POST /graphql', path: '/graphql', init: { method: 'POST', headers: JSON_BODY, body: BODY } },
  {
    door: 'GET /graphql',
    path: '/graphql?query={loan(id:"l_7"){id}}',
    init: { headers: { 'apollo-require-preflight': '1' } },
  },
  { door: 'GET /screens', path: '/screens/LoanPage?id=l_7', init: {} },
  {
    door: 'the sandbox’s',
    path: '/graphql',
    init: { method: 'POST', headers: { ...JSON_BODY, 'x-facet-explain': '1' }, body: BODY },
  },
];

const ask = (
  headers: Record<string, string>,
  { path, init }: Omit<(typeof DOORS)[number], 'door'>,
  { url } = running,
) => fetch(url + path, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const [{ door: _, ...POST }] = DOORS as [(typeof DOORS)[number]];

describe.each(DOORS)('by $door', ({ path, init }) => {
  test.each(['RS256', 'ES256'])('a token of %s says who asks, and no identity header does', async (alg) => {
    const token = await (alg === 'RS256' ? rsa : ec).sign({ ...CLAIMS, jti: path });
    for (let times = 0; times < 2; times += 1) {
      const answer = await readAnswer(await ask({ ...bearer(token), 'x-member-id': 'm_1' }, { path, init }));
      expect(answer).toMatchObject({ status: 200, errors: [], data: { loan: { id: 'l_7' } } });
    }
    const loans = services.arrived.filter(({ service }) => service === 'loans');
    expect(loans.map(({ headers }) => headers['x-member-id'])).toEqual(['m_42', 'm_42']);
    for (const { headers } of services.arrived) expect(headers).not.toHaveProperty('authorization');
  });

  test('an identity header without a token is nobody', async () => {
    const response = await ask({ 'x-member-id': 'm_42' }, { path, init });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await readAnswer(response)).toMatchObject({
      status: 401,
      errors: [{ message: 'A valid Authorization header is required.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(services.arrived).toEqual([]);
  });

  test('nor is an expired one', async () => {
    const response = await ask(bearer(await ec.sign({ ...CLAIMS, exp: NOW_S - 60 })), { path, init });
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect((await readAnswer(response)).status).toBe(401);
    expect(services.arrived).toEqual([]);
  });
});

const base64url = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token of no library's making. */
function handmade(header: object, claims: object, sign: (input: string) => string = () => ''): string {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${sign(input)}`;
}

const hmacOf = (key: string) => (input: string) => createHmac('sha256', key).update(input).digest('base64url');
const { exp: _exp, ...endless } = CLAIMS;
const { iss: _iss, ...ofNobody } = CLAIMS;
const { aud: _aud, ...forNobody } = CLAIMS;
const { sub: _sub, ...aboutNobody } = CLAIMS;

describe('a token is refused', () => {
  test.each<[string, () => string | Promise<string>]>([
    ['that has expired', () => rsa.sign({ ...CLAIMS, exp: NOW_S - 6 })],
    ['that never expires', () => rsa.sign(endless)],
    ['whose expiry is no number', () => rsa.sign({ ...CLAIMS, exp: '9999999999' } as unknown as JWTPayload)],
    ['that is not valid yet', () => rsa.sign({ ...CLAIMS, nbf: NOW_S + 60 })],
    ['of another issuer', () => rsa.sign({ ...CLAIMS, iss: 'https://login.internal.evil.example' })],
    ['of no issuer', () => rsa.sign(ofNobody)],
    ['for another audience', () => rsa.sign({ ...CLAIMS, aud: 'partner' })],
    ['for other audiences', () => rsa.sign({ ...CLAIMS, aud: ['partner', 'mobile', 'web '] })],
    ['for no audience', () => rsa.sign(forNobody)],
    ['about nobody', () => rsa.sign(aboutNobody)],
    ['about what is no identifier', () => rsa.sign({ ...CLAIMS, sub: '../m_42' })],
    ['about several', () => rsa.sign({ ...CLAIMS, sub: 'm_42,m_43' })],
    ['about a number', () => rsa.sign({ ...CLAIMS, sub: 42 } as unknown as JWTPayload)],
    ['that another key has signed', () => other.sign(CLAIMS)],
    ['of a key that the issuer does not have', async () => (await newSigningKey('more')).sign(CLAIMS)],
    ['without a signature', async () => (await ec.sign(CLAIMS)).replace(/[^.]*$/, '')],
    ['with one that is cut', async () => (await ec.sign(CLAIMS)).slice(0, -4)],
    [
      'with one of other claims',
      async () => {
        const [head, , signature] = (await ec.sign(CLAIMS)).split('.');
        return `${head}.${base64url({ ...CLAIMS, sub: 'm_1' })}.${signature}`;
      },
    ],
    ['of no algorithm', () => handmade({ alg: 'none', kid: 'rsa' }, CLAIMS)],
    ['of no algorithm, in capitals', () => handmade({ alg: 'NONE', kid: 'rsa' }, CLAIMS)],
    ['with the public key for a secret', () => handmade({ alg: 'HS256', kid: 'rsa' }, CLAIMS, hmacOf(rsa.pem))],
    [
      'with the key that it brings',
      async () => {
        const [, claims, signature] = (await other.sign(CLAIMS)).split('.');
        return `${base64url({ alg: 'ES256', jwk: other.jwk })}.${claims}.${signature}`;
      },
    ],
    [
      'with extensions that have to be understood',
      () => handmade({ alg: 'ES256', kid: 'ec', crit: ['x'], x: 1 }, CLAIMS),
    ],
    ['that is none', () => 'x'],
    ['of rubbish', () => 'a.b.c'],
    ['of four parts', async () => `${await ec.sign(CLAIMS)}.x`],
  ])('%s', async (_which, make) => {
    const response = await ask(bearer(await make()), POST);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(await readAnswer(response)).toMatchObject({
      status: 401,
      errors: [{ message: 'A valid Authorization header is required.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(services.arrived).toEqual([]);
  });

  test.each(['', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Bearer a b', 'Bearer a,b'])(
    'as %j',
    async (authorization) => {
      const response = await ask({ authorization }, POST);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(response.status).toBe(401);
    },
  );

  test('that comes in a second Authorization header, whichever is the good one', async () => {
    const good = `Bearer ${await ec.sign(CLAIMS)}`;
    for (const [first, second] of [
      [good, 'Bearer x'],
      ['Bearer x', good],
      [good, good],
      [good, ''],
      ['', good],
    ]) {
      const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
      const head = ['GET /screens/LoanPage?id=l_7 HTTP/1.1', 'Host: x', 'Connection: close'];
      socket.write([...head, `Authorization: ${first}`, `authorization: ${second}`, '', ''].join('\r\n'));
      const answer = await text(socket);
      expect(answer).toMatch(/^HTTP\/1.1 401 [\s\S]*"UNAUTHENTICATED"/);
      expect(answer).toMatch(/^WWW-Authenticate: Bearer error="invalid_request"/im);
    }
    expect(services.arrived).toEqual([]);
  });

  test('with a control character, though the parser sees it first', async () => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    socket.write('GET /screens/LoanPage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\u0001\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 401 [\s\S]*"UNAUTHENTICATED"/);
  });
});

describe('a token is taken', () => {
  test.each<[string, () => Promise<string>]>([
    ['with more than one audience', () => ec.sign({ ...CLAIMS, aud: ['partner', 'web'] })],
    ['that has just expired by a clock that is ahead', () => ec.sign({ ...CLAIMS, exp: NOW_S - 4 })],
    ['that is about to be valid by a clock that is behind', () => ec.sign({ ...CLAIMS, nbf: NOW_S + 4 })],
  ])('%s', async (_which, make) => {
    expect((await ask(bearer(await make()), POST)).status).toBe(200);
  });

  test('whatever the case of its scheme', async () => {
    const token = await ec.sign(CLAIMS);
    for (const scheme of ['bearer', 'BEARER']) {
      expect((await ask({ authorization: `${scheme} ${token}` }, POST)).status).toBe(200);
    }
  });

  test('for who another claim says that it is', async () => {
    const settings = { ...settingsFor(issuer), JWT_CLAIM: 'partner_id' };
    await using partners = await startBff(partner, services.urls, settings);
    const body = JSON.stringify({ query: '{ loanStatus(id: "l_7") { id } }' });
    const post = { path: '/graphql', init: { method: 'POST', headers: JSON_BODY, body } };
    const token = await ec.sign({ ...CLAIMS, partner_id: 'br_1' });
    expect((await ask(bearer(token), post, partners)).status).toBe(200);
    expect(services.arrived.map(({ headers }) => headers['x-branch-id'])).toContain('br_1');
    expect((await ask(bearer(await ec.sign(CLAIMS)), post, partners)).status).toBe(401);
  });
});

test('a token is verified once in a while, and not taken for longer than it is valid', async () => {
  const verify = jest.spyOn(SubtleCrypto.prototype, 'verify');
  const token = await ec.sign({ ...CLAIMS, exp: NOW_S + 100, jti: 'kept' });
  const status = async () => (await ask(bearer(token), POST)).status;
  expect([await status(), await status()]).toEqual([200, 200]);
  expect(verify).toHaveBeenCalledTimes(1);
  letPass(99_000);
  expect(await status()).toBe(200);
  expect(verify).toHaveBeenCalledTimes(1);
  letPass(7_000);
  expect(await status()).toBe(401);
  expect(verify).toHaveBeenCalledTimes(2);
  verify.mockRestore();
});

test('why tokens are refused is logged, now and then, and nothing of them', async () => {
  await using fresh = await startBff(web, services.urls, settingsFor(issuer));
  for (let times = 0; times < 11; times += 1) {
    await ask(bearer(await ec.sign({ ...CLAIMS, aud: 'secret-audience', jti: String(times) })), POST, fresh);
  }
  await ask(bearer(await ec.sign({ ...CLAIMS, exp: NOW_S - 60 })), POST, fresh);
  const warnings = fresh.logged.filter(({ level }) => Number(level) >= WARNING);
  expect(warnings).toMatchObject([
    { msg: 'a token was refused', reason: 'ERR_JWT_CLAIM_VALIDATION_FAILED aud', count: 1 },
    { msg: 'a token was refused', reason: 'ERR_JWT_CLAIM_VALIDATION_FAILED aud', count: 10 },
    { msg: 'a token was refused', reason: 'ERR_JWT_EXPIRED', count: 1 },
  ]);
  for (const secret of ['eyJ', 'secret-audience', CLAIMS.sub])
    expect(JSON.stringify(fresh.logged)).not.toContain(secret);
});

describe('keys', () => {
  /** A server with an issuer of its own, and a way to let time pass for what waits before it asks again. */
  async function setUp(...keys: SigningKey[]) {
    const own = await startIssuer(...keys);
    const fresh = await startBff(web, services.urls, settingsFor(own));
    const status = async (key: SigningKey) => {
      const token = await key.sign({ ...CLAIMS, jti: String(Math.random()) });
      return (await ask(bearer(token), POST, fresh)).status;
    };
    return {
      own,
      fresh,
      status,
      async [Symbol.asyncDispose]() {
        await fresh[Symbol.asyncDispose]();
        await own[Symbol.asyncDispose]();
      },
    };
  }
  const later = (milliseconds: number) => {
    const now = performance.now.bind(performance);
    return jest.spyOn(performance, 'now').mockImplementation(() => now() + milliseconds);
  };

  test('are fetched before anybody asks', async () => {
    await using server = await setUp(ec);
    await until(() => server.own.fetches === 1);
    expect(await server.status(ec)).toBe(200);
    expect(server.own.fetches).toBe(1);
  });

  test('may be replaced: a new one is found as soon as a token names it', async () => {
    await using server = await setUp(ec);
    expect(await server.status(ec)).toBe(200);
    server.own.keys = [ec, rsa];
    expect(await server.status(rsa)).toBe(401);
    const clock = later(31_000);
    expect(await server.status(rsa)).toBe(200);
    expect(server.own.fetches).toBe(2);
    clock.mockRestore();
  });

  test('that are known go on while the issuer does not answer', async () => {
    await using server = await setUp(ec);
    expect(await server.status(ec)).toBe(200);
    server.own.answer = (_request, response) => response.writeHead(500).end();
    const clock = later(31_000);
    expect(await server.status(rsa)).toBe(503);
    expect(await server.status(ec)).toBe(200);
    expect(server.own.fetches).toBe(2);
    clock.mockRestore();
  });

  test('that were never had are no fault of the caller’s', async () => {
    await using server = await setUp();
    server.own.answer = (_request, response) => response.writeHead(500).end();
    await until(() => server.own.fetches === 1);
    const response = await ask(bearer(await ec.sign(CLAIMS)), POST, server.fresh);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await readAnswer(response)).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE', requestId: expect.any(String) } }],
    });
    const isRefusal = ({ msg, status }: Readonly<Record<string, unknown>>) => msg === 'request' && status === 503;
    await until(() => server.fresh.logged.some(isRefusal));
    expect(server.fresh.logged.find(isRefusal)).toMatchObject({ outcome: 'failed', code: 'SERVICE_UNAVAILABLE' });
    // Without a token there is nothing to wait for.
    expect((await ask({}, POST, server.fresh)).status).toBe(401);

    server.own.answer = undefined;
    server.own.keys = [ec];
    const clock = later(31_000);
    expect(await server.status(ec)).toBe(200);
    clock.mockRestore();
  });
});

test('the sandbox asks for a token in place of an id, and its requests are explained', async () => {
  const config = (await (await fetch(`${running.url}/sandbox/config.json`)).json()) as SandboxConfig;
  expect(config).toMatchObject({ identityHeader: 'Authorization', identities: [], exampleId: '' });
  const response = await ask({ ...bearer(await ec.sign(CLAIMS)), 'x-facet-explain': '1' }, POST);
  expect(await response.json()).toMatchObject({ extensions: { facet: { calls: [{ service: 'loans' }] } } });
});

const run = runsScripts();

test.each([
  ['header', false],
  ['jwt', true],
])('with IDENTITY=%s a process loads of jose what it needs, and that may be nothing', async (IDENTITY, isLoaded) => {
  const process = run('bffs/mobile/main.ts', {
    ...(isLoaded ? settingsFor(issuer) : {}),
    IDENTITY,
    PORT: '0',
    NODE_OPTIONS: '--import @facet/testing/internal/tell-loaded.ts',
  });
  const url = `http://localhost:${await process.port}/screens/Home`;
  expect((await fetch(url)).status).toBe(401);
  // The first token loads the verifier, if the warm-up has not.
  if (isLoaded) await fetch(url, { headers: bearer(await ec.sign(CLAIMS)) });
  process.child.kill('SIGTERM');
  const { output } = await process.ended;
  expect(output).toMatch(/^loaded .*\/packages\/server\/http\/serve\.ts$/m);
  expect(/^loaded .*\/jose\//m.test(output)).toBe(isLoaded);
});
