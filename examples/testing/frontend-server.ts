import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VITE = 'node_modules/vite/bin/vite.js';

export interface FrontendServer extends AsyncDisposable {
  readonly url: string;
}

/** Builds one of the examples, and serves it on a free port in front of this BFF, as `npm start` does. */
export async function startFrontend(name: string, bffUrl: string): Promise<FrontendServer> {
  const config = ['--config', `examples/${name}/vite.config.ts`];
  const build = run([VITE, 'build', ...config]);
  const [exitCode] = await once(build, 'close');
  if (exitCode !== 0) throw new Error(`${name} could not be built.`);

  const server = run([VITE, 'preview', ...config], { PORT: '0', BFF_URL: bffUrl });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let output = '';
  server.stdout?.on('data', (chunk) => {
    output += chunk;
    const url = /Local:\s+(http:\S+\d)\//.exec(output)?.[1];
    if (url !== undefined) resolve(url);
  });
  const closed = once(server, 'close').then(() => reject(new Error(`${name} ended: ${output}`)));
  return {
    url: await promise,
    async [Symbol.asyncDispose]() {
      server.kill();
      await closed;
    },
  };
}

function run(parameters: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const { NODE_ENV: _, NODE_OPTIONS: __, ...inherited } = process.env;
  const env = { ...inherited, NO_COLOR: '1', ...environment };
  return spawn(process.execPath, parameters, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
}
