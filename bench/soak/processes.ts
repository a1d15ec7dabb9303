import { setTimeout as delay } from 'node:timers/promises';
import { Pool, request } from 'undici';
import { ask, nextUser } from '../harness/ask.ts';
import { freePort, run, runTalking, until } from '../harness/process.ts';
import { isComplete, QUESTION } from './answer.ts';
import type { Order, Slice } from './figures.ts';
import type { Heap } from './heap-probe.ts';

const STARTUP_LIMIT_MS = 20_000;

/** The BFF under load, in a process of its own. */
export interface Server {
  readonly pid: number;
  readonly url: string;
  /** A complete response and its user. */
  readonly sample: { readonly text: string; readonly user: string };
  heap(): Promise<Heap>;
}

/** Starts the web client's BFF with production defaults and waits for a complete response. */
export async function startServer(core: number, servicesUrl: string): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = { PORT: String(port), USERS_URL: servicesUrl, ORDERS_URL: servicesUrl, CATALOG_URL: servicesUrl };
  const probe = ['--expose-gc', '--import', './bench/soak/heap-probe.ts'];
  const process = runTalking(core, 'bffs/web/main.ts', environment, probe);
  const pool = new Pool(url, { connections: 1 });
  const sample = await until(async () => {
    const user = nextUser();
    const reply = await ask(pool, QUESTION, user);
    if (!isComplete(reply)) throw new Error(`The BFF returned ${reply.status}: ${reply.body}`);
    return { text: reply.body.toString(), user };
  }, STARTUP_LIMIT_MS);
  await pool.destroy();

  const answers: ((heap: Heap) => void)[] = [];
  process.onMessage((heap) => answers.shift()?.(heap as Heap));
  return {
    pid: process.pid,
    url,
    sample,
    heap: () =>
      new Promise((resolve) => {
        answers.push(resolve);
        process.send({});
      }),
  };
}

const SERVICES_STARTUP_LIMIT_MS = 10_000;

/** All services in one process. */
export interface Services {
  readonly pid: number;
  readonly url: string;
  /** Makes the services slow and flaky. */
  startFaults(): Promise<void>;
}

export async function startServices(core: number): Promise<Services> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { pid } = run(core, 'bench/soak/upstream.ts', { PORT: String(port) });
  const ask = async (method: 'GET' | 'POST', path: string) => (await request(url + path, { method })).body.dump();
  await until(() => ask('GET', '/promos'), SERVICES_STARTUP_LIMIT_MS);
  return { pid, url, startFaults: () => ask('POST', '/soak/faults') };
}

/** The load generator process. */
export interface Load {
  readonly pid: number;
  /** Sends requests at this rate for a duration in milliseconds. Resolves to the slices; the last one may arrive shortly after. */
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
