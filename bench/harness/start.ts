import { setTimeout as delay } from 'node:timers/promises';
import type { Contender } from './contenders.ts';
import { memoryOf } from './process.ts';
import { progress } from './progress.ts';
import type { Screen } from './screens.ts';
import { startServer } from './server.ts';
import { median } from './statistics.ts';

export interface Started {
  readonly contender: Contender;
  readonly screen: Screen;
  /** From spawning the process to its first answered screen. */
  readonly startMs: number;
  /** Resident memory a moment after that. */
  readonly idleBytes: number;
}

const SETTLE_MS = 200;

/** Starts each contender several times, in turns, and stops it again. Medians. */
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
