import { Pool } from 'undici';
import { ask, nextUser } from './ask.ts';
import type { Server } from './server.ts';

/** Number of concurrent requests. */
export const CONNECTIONS = 32;

/** Closed-loop load on one server: a fixed number of keep-alive connections with one request each. */
export interface Load extends AsyncDisposable {
  /** Sends this many requests and resolves to their latencies in milliseconds. Throws at the first wrong response. */
  send(requests: number): Promise<Float64Array>;
}

export function loadOn(server: Server): Load {
  const pool = new Pool(server.url, { connections: CONNECTIONS, pipelining: 1 });
  return {
    async send(requests) {
      const tookMs = new Float64Array(requests);
      let sent = 0;
      const connection = async () => {
        while (sent < requests) {
          const index = sent;
          sent += 1;
          tookMs[index] = await timed(pool, server);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, connection));
      return tookMs;
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

async function timed(pool: Pool, server: Server): Promise<number> {
  const user = nextUser();
  const startedAt = performance.now();
  const { status, body } = await ask(pool, server.question, user).catch((error: Error) => {
    throw new Error(`The request of ${user} to ${server.contender.name} failed: ${error.message}`);
  });
  const tookMs = performance.now() - startedAt;
  // All responses have the same length and contain the user id near the start.
  if (status !== 200 || body.length !== server.answerBytes || body.indexOf(user) < 0) {
    throw new Error(
      `${server.contender.name} returned a wrong response to ${user}: ${status} ${body.subarray(0, 1_000)}`,
    );
  }
  return tookMs;
}
