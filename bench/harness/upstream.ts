import { request } from 'undici';
import type { Calls } from '../upstream/counter.ts';
import type { Size } from '../upstream/rows.ts';
import { freePort, run, until } from './process.ts';

/** The upstream services of all contenders, in a separate process. */
export interface Upstream {
  readonly url: string;
  resize(size: Size): Promise<void>;
  /** Returns the number of calls since the last takeCalls(), and resets it. */
  takeCalls(): Promise<number>;
}

const STARTUP_LIMIT_MS = 10_000;

export async function startUpstream(core: number): Promise<Upstream> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  run(core, 'bench/upstream.ts', { PORT: String(port) });
  const takeCalls = async () => {
    const { body } = await request(`${url}/bench/calls`, { method: 'POST' });
    const calls = (await body.json()) as Calls;
    return Object.values(calls).reduce((sum, count) => sum + count, 0);
  };
  await until(takeCalls, STARTUP_LIMIT_MS);
  return {
    url,
    takeCalls,
    async resize({ orders, products }) {
      const { body } = await request(`${url}/bench/size?orders=${orders}&products=${products}`, { method: 'POST' });
      await body.dump();
    },
  };
}
