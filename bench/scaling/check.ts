import { zstdCompressSync } from 'node:zlib';
import { RunningProcess } from '@facet/cli/internal/start/process.ts';
import { table } from '@facet/cli/internal/table.ts';
import { freePort } from '@facet/testing/internal/free-port.ts';
import { metricsOf } from '@facet/testing/internal/metrics.ts';
import { CONTRACT, type Counts, simulate } from './simulate.ts';
import { type Request, requestsOf, type Traffic } from './traffic.ts';

/** The load is low enough that requests do not queue, and the run is long enough that some rows are loaded three times. */
const TRAFFIC: Traffic = {
  processes: 3,
  perSecond: 30,
  seconds: 150,
  rows: 5,
  // The benchmark's services have this many products.
  catalog: 1_000,
  exponent: 0.8,
  seed: 1,
};

/** Disables load shedding and long timeouts: calls are counted here, and a busy machine must not change their number. */
const LENIENT_SETTINGS = {
  MAX_LAG_MS: '600000',
  MAX_UTILIZATION: '1',
  SERVICE_TIMEOUT_MS: '60000',
  REQUEST_DEADLINE_MS: '60000',
  CIRCUIT_BREAKER: 'off',
};

/**
 * Sends the simulated requests to real BFFs in front of the benchmark's services and compares the call counts. Also reports the response
 * sizes of the two benchmark screens. With CACHE_URL, the real and the simulated BFFs use a shared cache.
 */
export async function checkSimulation(): Promise<string> {
  const started: RunningProcess[] = [];
  try {
    const upstream = await start(started, 'services', 'bench/upstream.ts', '/promos', {});
    const urls = { USERS_URL: upstream, ORDERS_URL: upstream, CATALOG_URL: upstream };
    const environment = { ...urls, ...LENIENT_SETTINGS, LOG_LEVEL: 'warn' };
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
    const settings = { ...CONTRACT, rowsOfProcess: TRAFFIC.catalog, shared };
    return [comparison(ofBothLevels(simulate(requests, settings)), real), await bytesOfRow(requests, bffs), sizes].join(
      '\n\n',
    );
  } finally {
    await Promise.all(started.map((process) => process.stop()));
  }
}

/** Starts a script on a free port. Resolves to its URL when it is ready. */
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

/** A query for TRAFFIC.rows products with the properties that a Dashboard shows. */
const QUERY = `query Products(${each((n) => `$id${n}: ID!`)}) { ${each((n) => `p${n}: product(id: $id${n}) { id name imageUrl }`)} }`;

function each(part: (n: number) => string): string {
  return Array.from({ length: TRAFFIC.rows }, (_, n) => part(n)).join(' ');
}

/** Sends every request at its time, without waiting for earlier responses. Rejects if a request fails. */
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
  if (status !== 200 || text.includes('"errors"')) throw new Error(`A BFF returned ${status}: ${text}`);
}

/** Returns the number of product calls since the last call of this function. */
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

/** Adds up both cache levels, because the metrics of a BFF do not distinguish them. */
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

/** Memory per cached product, according to the cache's own estimate. */
async function bytesOfRow(requests: readonly Request[], bffs: readonly string[]): Promise<string> {
  const kept = new Set(requests.filter(({ process }) => process === 0).flatMap(({ rows }) => rows)).size;
  const bytes = (await metricsOf(bffs[0] ?? '')).get('facet_cache_bytes') ?? 0;
  return `A product takes ${Math.round(bytes / kept)} bytes of the cache, by its own estimate.`;
}

/** Response sizes of a screen. Requests it twice, so that the catalog's rows are cached for the measured request. */
export async function sizesOf(url: string, screen: string): Promise<string> {
  const address = `${url}/screens/${screen}`;
  await get(address, 'identity');
  const before = await receivedBytes(url);
  const plain = await get(address, 'identity');
  const received = (await receivedBytes(url)) - before;
  const encoded = await get(address, 'zstd');
  const sent = `${plain.bytes} bytes, ${encoded.bytes} by zstd in ${zstdMicros(plain.text)} µs of CPU`;
  return `${screen}: ${sent}; ${received} from the services.`;
}

async function receivedBytes(url: string): Promise<number> {
  const page = await metricsOf(url);
  return [...page].reduce(
    (sum, [name, bytes]) => (name.startsWith('facet_service_received_bytes_total') ? sum + bytes : sum),
    0,
  );
}

const ROUNDS = 500;

/** CPU time of zstd encoding in microseconds: the best of several attempts, because other processes may interfere. */
function zstdMicros(text: string): number {
  const body = Buffer.from(text);
  const turns = Array.from({ length: 10 }, () => {
    const before = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round += 1) zstdCompressSync(body);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / ROUNDS;
  });
  return Math.round(Math.min(...turns));
}

const IDENTITY = { 'X-User-Id': 'u_1000000' };

interface Reply {
  readonly status: number;
  readonly text: string;
  /** Size of the encoded body. */
  readonly bytes: number;
}

/** Sends a GET request with an Accept-Encoding header. */
export async function get(url: string, encodings: string): Promise<Reply> {
  return replyOf(await fetch(url, { headers: { ...IDENTITY, 'Accept-Encoding': encodings } }));
}

/** Posts an operation. */
export async function post(url: string, operation: object): Promise<Reply> {
  const headers = { ...IDENTITY, 'Content-Type': 'application/json' };
  return replyOf(await fetch(url, { method: 'POST', headers, body: JSON.stringify(operation) }));
}

async function replyOf(answer: Response): Promise<Reply> {
  const bytes = Number(answer.headers.get('content-length'));
  return { status: answer.status, text: await answer.text(), bytes };
}
