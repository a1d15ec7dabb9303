import { request } from 'undici';
import { freePort } from '../harness/free-port.ts';
import { run } from '../harness/process.ts';
import { until } from '../harness/until.ts';

const STARTUP_LIMIT_MS = 10_000;

/** All services, in one process. */
export interface Services {
  readonly pid: number;
  readonly url: string;
  /** Makes them slow and flaky from now on. */
  fallIll(): Promise<void>;
}

export async function startServices(core: number): Promise<Services> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { pid } = run(core, 'bench/soak/upstream.ts', { PORT: String(port) });
  const ask = async (method: 'GET' | 'POST', path: string) => (await request(url + path, { method })).body.dump();
  await until(() => ask('GET', '/promos'), STARTUP_LIMIT_MS);
  return { pid, url, fallIll: () => ask('POST', '/soak/ill') };
}
