import { CONNECTIONS, type Load, loadOn } from './load.ts';
import { cpuMicrosOf, memoryOf } from './process.ts';
import { progress } from './progress.ts';
import type { Server } from './server.ts';
import { median, quantile } from './statistics.ts';
import type { Upstream } from './upstream.ts';

/** How long to measure. */
export interface Effort {
  readonly warmUpMs: number;
  readonly rounds: number;
  /** About how long a round takes. The number of requests is fixed by the warm-up, and the same in all rounds. */
  readonly roundMs: number;
}

/** What one server did with one screen. Medians over the rounds, but for the latency, which is of all requests. */
export interface Measured {
  readonly server: Server;
  readonly requestsARound: number;
  /** Server CPU per request in microseconds. */
  readonly cpuMicros: number;
  readonly cpuMicrosOfRounds: readonly number[];
  readonly requestsASecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakBytes: number;
  readonly callsARequest: number;
}

interface Round {
  readonly cpuMicros: number;
  readonly requestsASecond: number;
  readonly tookMs: Float64Array;
  readonly callsARequest: number;
}

/** Requests before each round, of as many as it has. */
const LEAD_IN = 0.4;
const BATCH = 64;
const MIN_REQUESTS = 32;
const MAX_REQUESTS = 20_000;

/** Warms all servers up, then measures them in turns, each round in another order. One is under load at a time. */
export async function measure(servers: readonly Server[], upstream: Upstream, effort: Effort): Promise<Measured[]> {
  await using stack = new AsyncDisposableStack();
  const entries = [];
  for (const server of servers) {
    progress(`warming up ${server.contender.name}, ${server.screen.name}`);
    const load = stack.use(loadOn(server));
    entries.push({ server, load, requests: await warmUp(load, effort), rounds: [] as Round[] });
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    progress(`round ${round + 1} of ${effort.rounds}`);
    const start = round % entries.length;
    for (const { server, load, requests, rounds } of [...entries.slice(start), ...entries.slice(0, start)]) {
      rounds.push(await oneRound(server, load, upstream, requests));
    }
  }
  return entries.map(({ server, requests, rounds }) => summary(server, requests, rounds));
}

/** Runs the server warm; resolves to the number of requests that fill a round. */
async function warmUp(load: Load, { warmUpMs, roundMs }: Effort): Promise<number> {
  const end = performance.now() + warmUpMs;
  let lastMs: number;
  do {
    const startedAt = performance.now();
    await load.send(BATCH);
    lastMs = performance.now() - startedAt;
  } while (performance.now() < end);
  return Math.min(Math.max(Math.round((roundMs * BATCH) / lastMs), MIN_REQUESTS), MAX_REQUESTS);
}

async function oneRound(server: Server, load: Load, upstream: Upstream, requests: number): Promise<Round> {
  // Before the clock starts, whatever was taken from it while others had their turn comes back: connections on either side, caches
  // of the processor, pages.
  await load.send(Math.max(CONNECTIONS, Math.round(requests * LEAD_IN)));
  await upstream.takeCalls();
  const cpuBefore = cpuMicrosOf(server.pid);
  const startedAt = performance.now();
  const tookMs = await load.send(requests);
  const elapsedMs = performance.now() - startedAt;
  const cpuMicros = cpuMicrosOf(server.pid) - cpuBefore;
  return {
    cpuMicros: cpuMicros / requests,
    requestsASecond: (requests / elapsedMs) * 1_000,
    tookMs,
    callsARequest: (await upstream.takeCalls()) / requests,
  };
}

function summary(server: Server, requestsARound: number, rounds: readonly Round[]): Measured {
  const of = (name: 'cpuMicros' | 'requestsASecond' | 'callsARequest') => rounds.map((round) => round[name]);
  const tookMs = Float64Array.from(rounds.flatMap((round) => [...round.tookMs]));
  return {
    server,
    requestsARound,
    cpuMicros: median(of('cpuMicros')),
    cpuMicrosOfRounds: of('cpuMicros'),
    requestsASecond: median(of('requestsASecond')),
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    peakBytes: memoryOf(server.pid, 'VmHWM'),
    callsARequest: median(of('callsARequest')),
  };
}
