/**
 * Measures the shared cache with the Dashboard and its 20 products: rows in process memory, in Redis or only at the catalog, with a
 * running, a killed and a frozen Redis. Prints server CPU and the latency of sequential requests. Rounds are interleaved.
 */
import { readFileSync } from 'node:fs';
import { table } from '@facet/cli/internal/table.ts';
import { startRedis } from '@facet/testing/internal/redis.ts';
import { Pool } from 'undici';
import { ask, type Question } from '../harness/ask.ts';
import { ROOT } from '../harness/machine.ts';
import { cpuMicrosOf, freePort, run, until } from '../harness/process.ts';
import { median, quantile } from '../harness/statistics.ts';

/** One core for the servers, the other for load, services and Redis. */
const [SERVERS, OTHERS] = [1, 0];
const ROUNDS = 16;
const REQUESTS = 250;
const WARM_REQUESTS = 2_000;
/** Enough memory for the rows of about ten requests, so that other rows are fetched from Redis or the catalog. */
const FEW_BYTES = '400000';

/** Users who share the same products, and users with different products. Requests cycle through `count` users. */
const SAME = { first: 100, count: 1 };
const OWN = { first: 1_000, count: 1_000 };

const HEAD = [
  'rows are',
  'Redis',
  'CPU µs, best tenth',
  'median',
  'of the first',
  'ms, median',
  'ms, 99 of 100',
  'longest',
  'catalog calls',
];

const text = readFileSync(`${ROOT}bffs/web/screens/Dashboard.graphql`, 'utf8');
const question: Question = { method: 'POST', path: '/graphql', body: JSON.stringify({ query: text, variables: {} }) };

const upstreamPort = await freePort();
const upstream = `http://127.0.0.1:${upstreamPort}`;
run(OTHERS, 'bench/shared-cache/upstream.ts', { PORT: String(upstreamPort) });
const asked = async () => Number(await (await fetch(`${upstream}/asked`)).text());
await until(asked, 10_000);

const [there, killed, frozen] = await Promise.all([startRedis(), startRedis(), startRedis()]);
const contenders = [
  await startContender('in the process', 'none', SAME, {}),
  await startContender('in the process', 'there', SAME, { CACHE_URL: there.url }),
  await startContender('in Redis', 'there', OWN, { CACHE_URL: there.url, ENTITY_CACHE_BYTES: FEW_BYTES }),
  await startContender('at the catalog', 'none', OWN, { ENTITY_CACHE_BYTES: FEW_BYTES }),
  await startContender('at the catalog', 'killed', OWN, { CACHE_URL: killed.url, ENTITY_CACHE_BYTES: FEW_BYTES }),
  await startContender('at the catalog', 'frozen', OWN, { CACHE_URL: frozen.url, ENTITY_CACHE_BYTES: FEW_BYTES }),
];
for (const contender of contenders) await contender.send(WARM_REQUESTS);
await killed.kill();
frozen.freeze();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const contender of contenders.toSorted(() => Math.random() - 0.5)) await contender.measure();
}
const firstUs = quantile(contenders[0]?.cpuUs ?? [], 0.1);
process.stdout.write(
  `${table(
    HEAD,
    contenders.map(({ row }) => row(firstUs)),
  )}\n`,
);
for (const redis of [there, killed, frozen]) await redis[Symbol.asyncDispose]();
process.exit(0);

async function startContender(
  rows: string,
  redis: string,
  { first, count }: { readonly first: number; readonly count: number },
  environment: Readonly<Record<string, string>>,
) {
  const port = await freePort();
  const { pid } = run(SERVERS, 'bffs/web/main.ts', {
    PORT: String(port),
    USERS_URL: upstream,
    ORDERS_URL: upstream,
    CATALOG_URL: upstream,
    DOCUMENTS: 'open',
    // Disables load shedding: a busy machine must affect the figures instead of causing rejections.
    MAX_LAG_MS: '600000',
    MAX_UTILIZATION: '1',
    LOG_LEVEL: 'error',
    ...environment,
  });
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 });
  const cpuUs: number[] = [];
  const tookMs: number[] = [];
  let calls = 0;
  let next = 0;

  async function once(): Promise<number> {
    const user = `u_${first + (next % count)}`;
    next += 1;
    const startedAt = performance.now();
    const { status, body } = await ask(pool, question, user);
    const took = performance.now() - startedAt;
    if (status !== 200 || body.includes('"errors"') || !body.includes('Handmade Granite Lamp')) {
      throw new Error(`Wrong response (rows ${rows}, Redis ${redis}): ${status} ${body.subarray(0, 500)}`);
    }
    return took;
  }
  await until(once, 30_000);

  return {
    cpuUs,
    async send(requests: number): Promise<void> {
      for (let sent = 0; sent < requests; sent += 1) await once();
    },
    async measure(): Promise<void> {
      const [callsBefore, cpuBefore] = [await asked(), cpuMicrosOf(pid)];
      for (let sent = 0; sent < REQUESTS; sent += 1) tookMs.push(await once());
      cpuUs.push((cpuMicrosOf(pid) - cpuBefore) / REQUESTS);
      calls += (await asked()) - callsBefore;
    },
    /** The row of the table. `firstUs` is the CPU time of the first contender, the base of the ratio. */
    row: (firstUs: number): string[] => [
      rows,
      redis,
      quantile(cpuUs, 0.1).toFixed(0),
      median(cpuUs).toFixed(0),
      (quantile(cpuUs, 0.1) / firstUs).toFixed(2),
      quantile(tookMs, 0.5).toFixed(2),
      quantile(tookMs, 0.99).toFixed(2),
      Math.max(...tookMs).toFixed(1),
      (calls / (ROUNDS * REQUESTS)).toFixed(2),
    ],
  };
}
