import { CONNECTIONS, type Load, loadOn } from './load.ts';
import { cpuMicrosOf, memoryOf } from './process.ts';
import { progress } from './progress.ts';
import type { Server } from './server.ts';
import { median, quantile, shuffled } from './statistics.ts';
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

/** How long a server's turn of being run warm is. */
const TURN_MS = 1_000;
/** Requests before each round, of as many as it has. */
const LEAD_IN = 0.4;
const BATCH = 64;
const MIN_REQUESTS = 32;
const MAX_REQUESTS = 20_000;

/**
 * Warms all servers up, then measures them in turns, one under load at a time. Each round is in an order by chance: who comes after
 * the same one each time would have what that leaves behind counted for its own.
 */
export async function measure(servers: readonly Server[], upstream: Upstream, effort: Effort): Promise<Measured[]> {
  await using stack = new AsyncDisposableStack();
  const entries = servers.map((server) => ({ server, load: stack.use(loadOn(server)), rounds: [] as Round[] }));
  const requestsOf = await warmUp(entries, effort);
  for (let round = 0; round < effort.rounds; round += 1) {
    progress(`round ${round + 1} of ${effort.rounds}`);
    for (const { server, load, rounds } of shuffled(entries)) {
      rounds.push(await oneRound(server, load, upstream, requestsOf(server)));
    }
  }
  return entries.map(({ server, rounds }) => summary(server, requestsOf(server), rounds));
}

/**
 * Runs the servers warm, in turns: a machine may take the memory of whoever is idle for a minute away, and what comes back then is
 * slower for good. Resolves to the number of requests that fill a round of each.
 */
async function warmUp(
  entries: readonly { readonly server: Server; readonly load: Load }[],
  { warmUpMs, roundMs }: Effort,
): Promise<(server: Server) => number> {
  const batchMs = new Map<Server, number>();
  const turns = Math.ceil(warmUpMs / TURN_MS);
  for (let turn = 0; turn < turns; turn += 1) {
    progress(`warming up, turn ${turn + 1} of ${turns}`);
    for (const { server, load } of entries) {
      const end = performance.now() + warmUpMs / turns;
      do {
        const startedAt = performance.now();
        await load.send(BATCH);
        batchMs.set(server, performance.now() - startedAt);
      } while (performance.now() < end);
    }
  }
  return (server) => {
    const requests = Math.round((roundMs * BATCH) / (batchMs.get(server) ?? roundMs));
    return Math.min(Math.max(requests, MIN_REQUESTS), MAX_REQUESTS);
  };
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
