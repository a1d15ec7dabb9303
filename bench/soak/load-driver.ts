import { setTimeout as delay } from 'node:timers/promises';
import { runTalking } from '../harness/process.ts';
import type { Server } from './server.ts';
import type { Order, Slice } from './slice.ts';

/** The process that makes the load. */
export interface Load {
  readonly pid: number;
  /** Sends this many requests a second for so long; the slices of that time, of which the last may come a moment later. */
  hold(perSecond: number, forMs: number): Promise<readonly Slice[]>;
}

export function startLoad(core: number, server: Server, deadlineMs: number): Load {
  const process = runTalking(core, 'bench/soak/load.ts', {
    URL: server.url,
    SAMPLE: server.sample.text,
    SAMPLE_USER: server.sample.user,
    DEADLINE_MS: String(deadlineMs),
  });
  const slices = new Map<number, Slice[]>();
  let order = 0;
  process.onMessage((message) => {
    const slice = message as Slice;
    slices.get(slice.order)?.push(slice);
  });
  return {
    pid: process.pid,
    async hold(perSecond, forMs) {
      order += 1;
      const own: Slice[] = [];
      slices.set(order, own);
      process.send({ order, perSecond } satisfies Order);
      await delay(forMs);
      return own;
    },
  };
}
