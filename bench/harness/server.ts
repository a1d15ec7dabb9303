import { Pool } from 'undici';
import { ask, type Question, questionFor } from './ask.ts';
import type { Contender } from './contenders.ts';
import { freePort } from './free-port.ts';
import { type Pinned, run } from './process.ts';
import type { Screen } from './screens.ts';
import { until } from './until.ts';
import { nextUser } from './users.ts';

/** A contender that runs, for one screen alone. */
export interface Server extends Pinned {
  readonly contender: Contender;
  readonly screen: Screen;
  readonly url: string;
  /** From spawning it to its first answered screen. */
  readonly startMs: number;
  question: Question;
  /** Length of a right answer; 0 until the answers were compared. */
  answerBytes: number;
}

const STARTUP_LIMIT_MS = 30_000;

/** Starts a contender on a core and waits until it answered its screen once. */
export async function startServer(
  core: number,
  contender: Contender,
  screen: Screen,
  upstreamUrl: string,
): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const question = questionFor(contender, screen);
  const startedAt = performance.now();
  const pinned = run(core, contender.script(screen), {
    PORT: String(port),
    USERS_URL: upstreamUrl,
    ORDERS_URL: upstreamUrl,
    CATALOG_URL: upstreamUrl,
    ...contender.environment,
  });
  const pool = new Pool(url, { connections: 1 });
  await until(async () => {
    const { status, body } = await ask(pool, question, nextUser());
    if (status !== 200) throw new Error(`${contender.name} answers ${status}: ${body}`);
  }, STARTUP_LIMIT_MS);
  const startMs = performance.now() - startedAt;
  await pool.destroy();
  return { ...pinned, contender, screen, url, startMs, question, answerBytes: 0 };
}
