import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { variable } from '@facet/server/internal/http/settings/services.ts';
import type { Frontend, ProjectConfig, ServiceProcess } from '../config.ts';

/** A process that `facet start` runs. */
export interface Deployable {
  readonly name: string;
  readonly kind: 'service' | 'bff' | 'frontend';
  /** Short description of what it serves. */
  readonly shows: string;
  readonly port: number;
  /** The path that answers 200 when the process is ready. */
  readonly readyAt: string;
  readonly script: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A file that it needs to run, and the command that creates it. */
  readonly needs?: { readonly path: string; readonly madeBy: string };
  /** Paths, relative to the project root, whose changes restart it. Empty for frontends: Vite reloads them. */
  readonly watches: readonly string[];
}

/**
 * All processes of the system: the services and frontends of the configuration, and the BFFs. `offset` is added to every port, so that
 * a second system can run beside the first. With `watching`, frontends run in Vite's development server.
 */
export function deployables(
  bffs: readonly Pick<Bff, 'client' | 'port'>[],
  { services = [], frontends = [] }: ProjectConfig,
  { offset = 0, watching = false }: { readonly offset?: number; readonly watching?: boolean } = {},
): Deployable[] {
  const service = ({ name, script, port, sources }: ServiceProcess): Deployable => ({
    name,
    kind: 'service',
    shows: 'REST service',
    port: port + offset,
    readyAt: '/readyz',
    script,
    parameters: [],
    environment: { PORT: String(port + offset) },
    watches: [sources],
  });
  const urls = services.map(({ name, port }) => [variable(name, 'URL'), `http://localhost:${port + offset}`]);
  const bff = (name: string, port: number): Deployable => ({
    name,
    kind: 'bff',
    shows: 'GraphQL at /graphql, sandbox at /',
    port,
    readyAt: '/readyz',
    script: `bffs/${name}/main.ts`,
    parameters: [],
    environment: {
      PORT: String(port),
      ...Object.fromEntries(urls),
      // At level info, every request would log a line between the other processes' output.
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
      LOG_FORMAT: process.env['LOG_FORMAT'] ?? 'pretty',
    },
    watches: [`bffs/${name}`, `schemas/${name}.graphql`, 'shared', 'packages/server'],
  });
  const frontend = ({ name, port, shows, directory }: Frontend, bffPort: number): Deployable => ({
    name,
    kind: 'frontend',
    shows,
    port: port + offset,
    readyAt: '/',
    script: 'node_modules/vite/bin/vite.js',
    parameters: [...(watching ? [] : ['preview']), '--config', `${directory}/vite.config.ts`],
    // Vite's development server bundles on the fly; `vite preview` serves an existing bundle.
    ...(watching ? {} : { needs: { path: `${directory}/dist/index.html`, madeBy: 'npm run build:examples' } }),
    environment: { PORT: String(port + offset), BFF_URL: `http://localhost:${bffPort + offset}` },
    watches: [],
  });
  return [
    ...services.map(service),
    ...bffs.map(({ client, port }) => bff(client, port + offset)),
    ...frontends.flatMap((page) =>
      bffs.filter(({ client }) => client === page.client).map(({ port }) => frontend(page, port)),
    ),
  ];
}

/** The deployables that can run, and a message for each frontend whose page is not built. */
export function withoutUnbuilt(
  all: readonly Deployable[],
  root: string,
): { readonly built: readonly Deployable[]; readonly problems: readonly string[] } {
  const isBuilt = ({ needs }: Deployable) => needs === undefined || existsSync(root + needs.path);
  const problems = all
    .filter((one) => !isBuilt(one))
    .map(({ name, needs }) => `${name} is not started: ${needs?.path} does not exist. Build it with ${needs?.madeBy}`);
  return { built: all.filter(isBuilt), problems };
}

/** The deployables whose port is already in use. */
export async function withTakenPorts<T extends { readonly port: number }>(deployables: readonly T[]): Promise<T[]> {
  const taken = await Promise.all(deployables.map(({ port }) => isTaken(port)));
  return deployables.filter((_, index) => taken[index]);
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return true;
    throw error;
  } finally {
    server.close();
  }
}
