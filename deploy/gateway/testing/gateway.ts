import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { findHaproxy, launchGateway, NO_HAPROXY, type Servers } from '@facet/cli/internal/gateway/haproxy.ts';
import {
  type Claims,
  ISSUER,
  issuerSettings,
  type SigningKey,
  signingKeys,
  signToken,
} from '@facet/cli/internal/gateway/issuer.ts';
import { groupOf } from '@facet/cli/internal/identities.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { until } from '@facet/testing/internal/until.ts';
import { Pool } from 'undici';

/** The machine's HAProxy. Undefined where there is none; but in CI what cannot be tested has failed, and it throws. */
export function testedHaproxy(): string | undefined {
  const found = findHaproxy();
  if (found === undefined && process.env['CI']) throw new Error(NO_HAPROXY);
  return found;
}

/** The callers of the shop's clients, and the audiences of their tokens. */
export const CALLERS = [groupOf('X-User-Id'), groupOf('X-Partner-Id')];
export const AUDIENCES = {
  users: groupOf('X-User-Id').audience,
  partners: groupOf('X-Partner-Id').audience,
} as const;

/** As much of everything as a test can want that is not about how much there may be, and time for a slow machine. */
const GENEROUS = {
  RATE_PER_USER: '1000000',
  RATE_PER_PARTNER: '1000000',
  RATE_PER_ADDRESS: '1000000',
  REQUEST_TIMEOUT: '60s',
  ANSWER_TIMEOUT: '60s',
};

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface GatewayRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'OPTIONS' | 'DELETE';
  /** By name, or name after name with its value, where one is there twice. */
  readonly headers?: Record<string, string> | string[];
  readonly body?: string | Readable;
}

export interface RunningGateway extends AsyncDisposable {
  readonly port: number;
  readonly keys: readonly [SigningKey, SigningKey];
  readonly pid: number | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
  /** All that HAProxy has printed. */
  said(): string;
  ask(path: string, request?: GatewayRequest): Promise<GatewayAnswer>;
  /** Sends this text on a connection of its own, and no more; resolves to all that comes until the gateway hangs up. */
  write(text: string): Promise<string>;
  /** A token that is right for a user of mobile or web but for what is said here; a claim that is undefined is left out. */
  token(claims?: Claims, header?: Claims, key?: SigningKey): Promise<string>;
}

/**
 * The gateway in front of these processes, or of what a configuration of backends names, on a free port, with keys of its own; or on
 * the port and with the keys of one from which it takes over.
 */
export async function startGateway(
  haproxy: string,
  servers: Servers | string,
  settings: Readonly<Record<string, string>> = {},
  before?: RunningGateway,
): Promise<RunningGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'facet-gateway-'));
  const keys = before?.keys ?? signingKeys(folder);
  const port = before?.port ?? (await freePort());
  const environment = { ...GENEROUS, ...issuerSettings(keys, CALLERS), GATEWAY_BIND: `127.0.0.1:${port}`, ...settings };
  const child = launchGateway(haproxy, folder, servers, environment, before ? ['-sf', String(before.pid)] : []);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, 'exit');
  const pool = new Pool(`http://127.0.0.1:${port}`);

  const ask: RunningGateway['ask'] = async (path, { method = 'GET', headers = {}, body = null } = {}) => {
    const answer = await pool.request({ path, method, headers, body });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  await until(async () => {
    if (child.exitCode !== null) throw new Error(output);
    return ask('/').then(
      () => true,
      () => false,
    );
  });

  return {
    port,
    keys,
    pid: child.pid,
    ended,
    said: () => output,
    ask,
    write: async (text) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(text);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      return answer;
    },
    token: (claims = {}, header = {}, key = keys[0]) => {
      const now = Math.floor(Date.now() / 1_000);
      return signToken(
        key,
        { iss: ISSUER, aud: AUDIENCES.users, sub: 'u_42', iat: now, exp: now + 600, ...claims },
        header,
      );
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy();
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
