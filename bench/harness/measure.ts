import { CONNECTIONS, loadOn } from './load.ts';
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

/** What one server did with one screen. Medians over the rounds. */
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
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly callsARequest: number;
}

const BATCH = 64;
const MIN_REQUESTS = 32;
const MAX_REQUESTS = 20_000;

/** Warms all servers up, then measures them in turns, each round in another order. One is under load at a time. */
export async function measure(servers: readonly Server[], upstream: Upstream, effort: Effort): Promise<Measured[]> {
  const entries = [];
  for (const server of servers) {
    progress(`warming up ${server.contender.name}, ${server.screen.name}`);
    entries.push({ server, requests: await warmUp(server, effort), rounds: [] as Round[] });
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    const order = [...entries.slice(round % entries.length), ...entries.slice(0, round % entries.length)];
    for (const { server, requests, rounds } of order) {
      progress(`round ${round + 1} of ${effort.rounds}: ${server.contender.name}, ${server.screen.name}`);
      rounds.push(await oneRound(server, upstream, requests));
    }
  }
  return entries.map(({ server, requests, rounds }) => summary(server, requests, rounds));
}

/** Runs the server warm; resolves to the number of requests that fill a round. */
async function warmUp(server: Server, { warmUpMs, roundMs }: Effort): Promise<number> {
  await using load = loadOn(server);
  const end = performance.now() + warmUpMs;
  let lastMs: number;
  do {
    const startedAt = performance.now();
    await load.send(BATCH);
    lastMs = performance.now() - startedAt;
  } while (performance.now() < end);
  return Math.min(Math.max(Math.round((roundMs * BATCH) / lastMs), MIN_REQUESTS), MAX_REQUESTS);
}

async function oneRound(server: Server, upstream: Upstream, requests: number): Promise<Round> {
  await using load = loadOn(server);
  // Connections are made before the clock starts.
  await load.send(CONNECTIONS);
  await upstream.takeCalls();
  const cpuBefore = cpuMicrosOf(server.pid);
  const startedAt = performance.now();
  const tookMs = await load.send(requests);
  const elapsedMs = performance.now() - startedAt;
  const cpuMicros = cpuMicrosOf(server.pid) - cpuBefore;
  return {
    cpuMicros: cpuMicros / requests,
    requestsASecond: (requests / elapsedMs) * 1_000,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    callsARequest: (await upstream.takeCalls()) / requests,
  };
}

function summary(server: Server, requestsARound: number, rounds: readonly Round[]): Measured {
  const of = (name: keyof Round) => rounds.map((round) => round[name]);
  return {
    server,
    requestsARound,
    cpuMicros: median(of('cpuMicros')),
    cpuMicrosOfRounds: of('cpuMicros'),
    requestsASecond: median(of('requestsASecond')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    peakBytes: memoryOf(server.pid, 'VmHWM'),
    callsARequest: median(of('callsARequest')),
  };
}
