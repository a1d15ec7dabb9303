import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export type Algorithm = 'RS256' | 'ES256';

/** A key of an issuer, by which its tokens are signed. */
export interface SigningKey {
  readonly kid: string;
  /** As the issuer's key set has it. */
  readonly jwk: JWK;
  /** Its public half as it is published elsewhere (PEM). */
  readonly pem: string;
  /** A token with these claims; what is in `header` overrides the usual parameters, and an undefined one is left out. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function newSigningKey(kid: string, alg: Algorithm = 'ES256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    pem: await exportSPKI(publicKey),
    sign: (claims, header) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT', ...header }).sign(privateKey),
  };
}

/** Whoever signs tokens, as far as a server knows it: the address of its keys. */
export interface Issuer extends AsyncDisposable {
  readonly url: string;
  /** The keys that it publishes now. */
  keys: readonly SigningKey[];
  /** How often they were asked for. */
  fetches: number;
  /** Answers in place of the keys, while there is one. */
  answer: RequestListener | undefined;
}

export async function startIssuer(...keys: SigningKey[]): Promise<Issuer> {
  const server = createServer((request, response) => {
    issuer.fetches += 1;
    if (issuer.answer) {
      issuer.answer(request, response);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/jwk-set+json' });
    response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    keys,
    fetches: 0,
    answer: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}
