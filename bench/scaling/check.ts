import { RunningProcess } from '@facet/cli/internal/start/process.ts';
import { table } from '@facet/cli/internal/table.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { metricsOf } from '@facet/testing/internal/metrics.ts';
import { sizesOf } from './answer-sizes.ts';
import { post } from './ask.ts';
import { CONTRACT, type Counts, simulate } from './simulate.ts';
import { type Request, requestsOf, type Traffic } from './traffic.ts';

/** Little enough that no request waits for another one, and longer than a row can be used: some of them are loaded thrice. */
const TRAFFIC: Traffic = {
  processes: 3,
  perSecond: 30,
  seconds: 150,
  rows: 5,
  // The benchmark's services have no more.
  catalog: 1_000,
  exponent: 0.8,
  seed: 1,
};

/** What is counted here is calls: none is to be refused or given up because others work on this machine, too. */
const PATIENCE = {
  MAX_LAG_MS: '600000',
  MAX_UTILIZATION: '1',
  SERVICE_TIMEOUT_MS: '60000',
  REQUEST_DEADLINE_MS: '60000',
  CIRCUIT_BREAKER: 'off',
};

/**
 * Runs real BFFs in front of the benchmark's services, sends them the very requests that are simulated, at their moments, and tells
 * both; and the sizes of what is sent for the two screens that the benchmark measures. With CACHE_URL, which the BFFs then have too,
 * the simulated ones share a level.
 */
export async function checkSimulation(): Promise<string> {
  const started: RunningProcess[] = [];
  try {
    const upstream = await start(started, 'services', 'bench/upstream.ts', '/promos', {});
    const urls = { USERS_URL: upstream, ORDERS_URL: upstream, CATALOG_URL: upstream };
    const environment = { ...urls, ...PATIENCE, LOG_LEVEL: 'warn' };
    const startBff = (client: string) => start(started, client, `bffs/${client}/main.ts`, '/readyz', environment);
    const sizes = [
      await sizesOf(await startBff('mobile'), 'Home'),
      await sizesOf(await startBff('web'), 'Dashboard'),
    ].join('\n');
    const bffs = await Promise.all(Array.from({ length: TRAFFIC.processes }, () => startBff('web')));
    await takeCalls(upstream);
    const requests = [...requestsOf(TRAFFIC)];
    await replay(requests, bffs);
    const real = await countsOf(bffs, await takeCalls(upstream));
    const shared = Boolean(process.env['CACHE_URL']);
    const keeping = { ...CONTRACT, rowsOfProcess: TRAFFIC.catalog, shared };
    return [comparison(ofBothLevels(simulate(requests, keeping)), real), await bytesOfRow(requests, bffs), sizes].join(
      '\n\n',
    );
  } finally {
    await Promise.all(started.map((process) => process.stop()));
  }
}

/** Starts a script on a free port; resolves to its URL when it is ready. */
async function start(
  started: RunningProcess[],
  name: string,
  script: string,
  readyAt: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const port = await freePort();
  const process = new RunningProcess({
    name,
    kind: 'bff',
    shows: '',
    port,
    readyAt,
    script,
    parameters: [],
    environment: { ...environment, PORT: String(port) },
    watches: [],
  });
  started.push(process);
  await process.ready();
  return `http://127.0.0.1:${port}`;
}

/** A request for so many products, in the properties that a Dashboard shows of them. */
const QUERY = `query Products(${each((n) => `$id${n}: ID!`)}) { ${each((n) => `p${n}: product(id: $id${n}) { id name imageUrl }`)} }`;

function each(part: (n: number) => string): string {
  return Array.from({ length: TRAFFIC.rows }, (_, n) => part(n)).join(' ');
}

/** Sends every request at its moment, whatever has come back by then. Rejects when one was not answered well. */
async function replay(requests: readonly Request[], bffs: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  const answers: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const request of requests) {
    if (failures.length > 0) break;
    const waitMs = startedAt + request.at - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    answers.push(send(request, bffs[request.process] ?? '').catch((error) => void failures.push(error)));
  }
  await Promise.all(answers);
  if (failures.length > 0) throw failures[0];
}

async function send({ rows }: Request, url: string): Promise<void> {
  const variables = Object.fromEntries(rows.map((row, n) => [`id${n}`, `p_${row}`]));
  const { status, text } = await post(`${url}/graphql`, { query: QUERY, variables });
  if (status !== 200 || text.includes('"errors"')) throw new Error(`A BFF answered ${status}: ${text}`);
}

/** Calls for products since this was last asked. */
async function takeCalls(upstream: string): Promise<number> {
  const answer = await fetch(`${upstream}/bench/calls`, { method: 'POST' });
  const calls = (await answer.json()) as { readonly products: number };
  return calls.products;
}

type Comparable = Pick<Counts, 'fresh' | 'stale' | 'missed' | 'calls' | 'loaded'>;

async function countsOf(bffs: readonly string[], calls: number): Promise<Comparable> {
  const pages = await Promise.all(bffs.map(metricsOf));
  const sum = (name: string) => pages.reduce((all, page) => all + (page.get(name) ?? 0), 0);
  const products = 'service="catalog",endpoint="GET /products?ids"';
  const found = (result: string) => sum(`facet_cache_lookups_total{${products},result="${result}"}`);
  return {
    fresh: found('fresh'),
    stale: found('stale'),
    missed: found('missed'),
    calls,
    loaded: sum(`facet_service_batch_keys_sum{${products}}`),
  };
}

/** A BFF does not tell apart which level it found a row in. */
function ofBothLevels({ fresh, stale, missed, sharedFresh, sharedStale, calls, loaded }: Counts): Comparable {
  return {
    fresh: fresh + sharedFresh,
    stale: stale + sharedStale,
    missed: missed - sharedFresh - sharedStale,
    calls,
    loaded,
  };
}

function comparison(simulated: Comparable, real: Comparable): string {
  const rows = (['fresh', 'stale', 'missed', 'calls', 'loaded'] as const).map((name) => [
    name,
    simulated[name].toLocaleString('en-US'),
    real[name].toLocaleString('en-US'),
    `${((100 * (real[name] - simulated[name])) / simulated[name]).toFixed(2)}%`,
  ]);
  return table(['', 'simulated', 'real', 'difference'], rows);
}

/** Memory that a kept product takes, by the cache's own estimate. */
async function bytesOfRow(requests: readonly Request[], bffs: readonly string[]): Promise<string> {
  const kept = new Set(requests.filter(({ process }) => process === 0).flatMap(({ rows }) => rows)).size;
  const bytes = (await metricsOf(bffs[0] ?? '')).get('facet_cache_bytes') ?? 0;
  return `A product takes ${Math.round(bytes / kept)} bytes of the cache, by its own estimate.`;
}
