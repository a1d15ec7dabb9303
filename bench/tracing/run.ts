/**
 * Measures the CPU time of screens with and without tracing, without sockets on either side. All variants take turns in one process, so
 * that a temporarily slow machine affects them equally.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { table } from '@facet/cli/internal/table.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { createLog } from '@facet/server/internal/telemetry/log.ts';
import { startTracing } from '@facet/server/internal/telemetry/start-tracing.ts';
import type { TracingSettings } from '@facet/server/internal/telemetry/tracing.ts';
import { bff as mobile } from '../../bffs/mobile/bff.ts';
import { bff as web } from '../../bffs/web/bff.ts';
import { quantile } from '../harness/statistics.ts';
import { screenWithoutSockets } from './socketless.ts';

const SECONDS = 60;
/** Requests per turn, and unmeasured turns at the start. */
const REQUESTS = 40;
const WARM_TURNS = 25;

const SAMPLING: Readonly<Record<string, Pick<TracingSettings, 'sampler' | 'ratio'> | undefined>> = {
  off: undefined,
  'off, again': undefined,
  'on, none sampled': { sampler: 'always_off', ratio: 0 },
  'on, 1% sampled': { sampler: 'traceidratio', ratio: 0.01 },
  'on, all sampled': { sampler: 'always_on', ratio: 1 },
};

const log = createLog('bench', 'warn');
const collector = fork(new URL('collector.ts', import.meta.url));
const [port] = await once(collector, 'message');
const url = `http://127.0.0.1:${port}/v1/traces`;

for (const [bff, screen] of [[mobile, 'Home'] as const, [web, 'Dashboard'] as const]) {
  process.stdout.write(`\n${screen}\n\n${await measured(bff, screen)}\n`);
}
process.exit(0);

async function measured(bff: Bff, screen: string): Promise<string> {
  const contenders = await Promise.all(
    Object.entries(SAMPLING).map(async ([name, sampling]) => {
      // The queue is large enough to send all spans, although they are created faster than in production.
      const settings = sampling && { ...sampling, url, delayMs: 1_000, maxQueue: 200_000, maxBatch: 512 };
      const services = { users: { url }, orders: { url }, catalog: { url } };
      const tracing = await startTracing(settings, bff.client, services, log);
      return { name, run: screenWithoutSockets(bff, screen, tracing, log), tookUs: [] as number[] };
    }),
  );
  for (const { run } of contenders) for (let turns = 0; turns < WARM_TURNS; turns += 1) await turnOf(run);
  const end = performance.now() + SECONDS * 1_000;
  while (performance.now() < end) {
    for (const { run, tookUs } of contenders.toSorted(() => Math.random() - 0.5)) tookUs.push(await turnOf(run));
  }
  const off = contenders[0]?.tookUs ?? [];
  const rows = contenders.map(({ name, tookUs }) => [
    name,
    ...[0.1, 0.5].map((share) => quantile(tookUs, share).toFixed(0)),
    ...[0.1, 0.5].map((share) => (quantile(tookUs, share) / quantile(off, share)).toFixed(2)),
  ]);
  return table(['traces', 'µs, best tenth', 'µs, median', 'of off, best tenth', 'of off, median'], rows);
}

/** CPU microseconds per request, of all threads of this process. */
async function turnOf(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let requests = 0; requests < REQUESTS; requests += 1) await run();
  // Spans are created in a later turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}
