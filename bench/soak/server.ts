import { Pool } from 'undici';
import { ask } from '../harness/ask.ts';
import { freePort } from '../harness/free-port.ts';
import { runTalking } from '../harness/process.ts';
import { until } from '../harness/until.ts';
import { nextUser } from '../harness/users.ts';
import { isComplete, QUESTION } from './answer.ts';
import type { Heap } from './heap-probe.ts';

const STARTUP_LIMIT_MS = 20_000;

/** The BFF under load, in a process of its own. */
export interface Server {
  readonly pid: number;
  readonly url: string;
  /** A complete response, and the user whom it was given to. */
  readonly sample: { readonly text: string; readonly user: string };
  heap(): Promise<Heap>;
}

/** Starts web's BFF as in production, with the defaults of all its settings, and waits for a complete answer. */
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
    if (!isComplete(reply)) throw new Error(`The BFF answers ${reply.status}: ${reply.body}`);
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
