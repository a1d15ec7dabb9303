import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { ask, nextUser, type Question, questionFor } from './ask.ts';
import type { Contender } from './contenders.ts';
import { freePort, memoryOf, type Pinned, run, until } from './process.ts';
import { progress } from './progress.ts';
import type { Screen } from './screens.ts';
import { median } from './statistics.ts';

/** A running contender that serves one screen. */
export interface Server extends Pinned {
  readonly contender: Contender;
  readonly screen: Screen;
  readonly url: string;
  /** From spawning it to its first answered screen. */
  readonly startMs: number;
  question: Question;
  /** Length of a correct response; 0 until checkAnswers has compared the responses. */
  answerBytes: number;
}

const STARTUP_LIMIT_MS = 30_000;

/** Starts a contender on a core and waits for its first successful response. */
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
    if (status !== 200) throw new Error(`${contender.name} returned ${status}: ${body}`);
  }, STARTUP_LIMIT_MS);
  const startMs = performance.now() - startedAt;
  await pool.destroy();
  return { ...pinned, contender, screen, url, startMs, question, answerBytes: 0 };
}

export interface Started {
  readonly contender: Contender;
  readonly screen: Screen;
  /** From spawning the process to its first answered screen. */
  readonly startMs: number;
  /** Resident memory a moment after that. */
  readonly idleBytes: number;
}

const SETTLE_MS = 200;

/** Starts and stops each contender several times, in turns. Returns the medians. */
export async function measureStarts(
  core: number,
  contenders: readonly Contender[],
  screens: readonly Screen[],
  upstreamUrl: string,
  times: number,
): Promise<Started[]> {
  const entries = screens.flatMap((screen) =>
    contenders.map((contender) => ({ contender, screen, startMs: [] as number[], idleBytes: [] as number[] })),
  );
  for (let time = 0; time < times; time += 1) {
    for (const { contender, screen, startMs, idleBytes } of entries) {
      progress(`start ${time + 1} of ${times}: ${contender.name}, ${screen.name}`);
      const server = await startServer(core, contender, screen, upstreamUrl);
      await delay(SETTLE_MS);
      startMs.push(server.startMs);
      idleBytes.push(memoryOf(server.pid, 'VmRSS'));
      await server.stop();
    }
  }
  return entries.map(({ contender, screen, startMs, idleBytes }) => ({
    contender,
    screen,
    startMs: median(startMs),
    idleBytes: median(idleBytes),
  }));
}
