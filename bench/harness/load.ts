import { Pool } from 'undici';
import { ask } from './ask.ts';
import type { Server } from './server.ts';
import { nextUser } from './users.ts';

/** Requests under way at any time. */
export const CONNECTIONS = 32;

/** Load on one server over a fixed number of kept-alive connections, each with one request under way. */
export interface Load extends AsyncDisposable {
  /** Sends this many requests and resolves to the milliseconds that each one took. Throws at the first wrong answer. */
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
    throw new Error(`${server.contender.name} does not answer ${user}: ${error.message}`);
  });
  const tookMs = performance.now() - startedAt;
  // All users' answers have one length, and name their user near the start.
  if (status !== 200 || body.length !== server.answerBytes || body.indexOf(user) < 0) {
    throw new Error(`${server.contender.name} answers ${user} with ${status}: ${body.subarray(0, 1_000)}`);
  }
  return tookMs;
}
