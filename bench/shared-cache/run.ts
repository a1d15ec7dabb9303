/**
 * What a second level of the cache costs and saves: the Dashboard of 20 products with its rows in the process, in Redis,
 * and at the catalog, and with a Redis that is there, killed and frozen. CPU of the server, and time at one request after
 * the other. Rounds of all are interleaved. Needs redis-server; takes some minutes, and prints a table.
 */
import { readFileSync } from 'node:fs';
import { table } from '@facet/cli/internal/table.ts';
import { startRedis } from '@facet/testing/internal/redis.ts';
import { Pool } from 'undici';
import { ask, type Question } from '../harness/ask.ts';
import { freePort } from '../harness/free-port.ts';
import { cpuMicrosOf, run } from '../harness/process.ts';
import { ROOT } from '../harness/root.ts';
import { median, quantile } from '../harness/statistics.ts';
import { until } from '../harness/until.ts';

/** The servers have a core of their own; load, services and Redis have the other one. */
const [SERVERS, OTHERS] = [1, 0];
const ROUNDS = 16;
const REQUESTS = 250;
const WARM_REQUESTS = 2_000;
/** Room for the rows of some ten requests, so that others are looked for in Redis or at the catalog. */
const FEW_BYTES = '400000';

/** Users whose products are those of all, and users who have their own: so many, in turns. */
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
    // A busy machine is to be seen in the figures, and not in refusals.
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
      throw new Error(`With rows ${rows} and Redis ${redis}: ${status} ${body.subarray(0, 500)}`);
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
    /** Its line in the table; `firstUs` is the CPU that it is compared with. */
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
