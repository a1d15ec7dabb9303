import type { Size } from '../upstream/rows.ts';
import { questionFor } from './ask.ts';
import { checkAnswers } from './check.ts';
import { CONNECTIONS, type Load, loadOn } from './load.ts';
import { cpuMicrosOf, memoryOf } from './process.ts';
import { progress } from './progress.ts';
import type { Server } from './server.ts';
import { median, quantile, shuffled } from './statistics.ts';
import type { Upstream } from './upstream.ts';

/** Duration of the measurement. */
export interface Effort {
  readonly warmUpMs: number;
  readonly rounds: number;
  /** Approximate duration of a round. The warm-up determines the number of requests, which is the same in all rounds. */
  readonly roundMs: number;
}

/** The figures of one server and one screen: medians of the rounds, except for latencies, which include all requests. */
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

/** Duration of one server's turn during the warm-up. */
const TURN_MS = 1_000;
/** Unmeasured requests before each round, as a share of the requests of a round. */
const LEAD_IN = 0.4;
const BATCH = 64;
const MIN_REQUESTS = 32;
const MAX_REQUESTS = 20_000;

/**
 * Warms up all servers, then measures them in rounds, with one server under load at a time. The order within a round is random:
 * otherwise each server would always suffer from the after-effects of the same predecessor.
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
 * Warms up the servers in turns. The operating system may reclaim memory of a process that is idle for a minute, which makes it slower
 * afterwards. Resolves to a function that returns the number of requests per round for each server.
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
  // Unmeasured requests restore what the server lost during the other servers' turns: connections, CPU caches and memory pages.
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

export interface Sized {
  readonly size: Size;
  readonly measured: readonly Measured[];
}

const FIRST = 100;
const SIZES: readonly Size[] = [
  { orders: 10, products: 10 },
  { orders: 50, products: 20 },
  { orders: 100, products: 20 },
  { orders: 100, products: 1 },
  { orders: 100, products: 100 },
];
const EFFORT: Effort = { warmUpMs: 600, rounds: 12, roundMs: 125 };

/** Measures the Dashboard's cost by number of orders and distinct products, on servers that are already warm. */
export async function measureSizes(servers: readonly Server[], upstream: Upstream): Promise<Sized[]> {
  const results: Sized[] = [];
  const dashboards = servers.map((server) => ({
    ...server,
    question: questionFor(server.contender, server.screen, FIRST),
  }));
  for (const size of SIZES) {
    progress(`${size.orders} orders, ${size.products} products`);
    await upstream.resize(size);
    await checkAnswers(dashboards, size.orders);
    results.push({ size, measured: await measure(dashboards, upstream, EFFORT) });
  }
  return results;
}
