import { existsSync } from 'node:fs';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { variable } from '@facet/server/internal/http/settings/services.ts';
import type { Frontend, ProjectConfig, ServiceProcess } from '../config.ts';

/** One process of the system. */
export interface Deployable {
  readonly name: string;
  readonly kind: 'service' | 'bff' | 'frontend';
  /** What there is to see at its port. */
  readonly shows: string;
  readonly port: number;
  /** The path that answers 200 once it is ready. */
  readonly readyAt: string;
  readonly script: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What has to be there for it to run, and the command that makes it. */
  readonly needs?: { readonly path: string; readonly madeBy: string };
  /** Paths below the project whose change restarts it; a frontend's own server sees to that. */
  readonly watches: readonly string[];
}

/**
 * The whole system: the services of the configuration, these BFFs, and the frontends of theirs. With an offset all its ports are that
 * much higher, so that a second one can run beside it. `watching` has the frontends change as their sources do.
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
      // Every request of a browser would be a line in between.
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
    // Vite's own server bundles the sources; its preview serves what is bundled.
    ...(watching ? {} : { needs: { path: `${directory}/dist/index.html`, madeBy: 'npm run build:examples' } }),
    environment: { PORT: String(port + offset), BFF_URL: `http://localhost:${bffPort + offset}` },
    watches: [],
  });
  return [
    ...services.map(service),
    ...bffs.map(({ client, port }) => bff(client, port + offset)),
    ...frontends.flatMap((one) =>
      bffs.filter(({ client }) => client === one.client).map(({ port }) => frontend(one, port)),
    ),
  ];
}

/** The deployables that can run, and a line for each example frontend that cannot, because its page is not built. */
export function withoutUnbuilt(
  all: readonly Deployable[],
  root: string,
): { readonly built: readonly Deployable[]; readonly problems: readonly string[] } {
  const isBuilt = ({ needs }: Deployable) => needs === undefined || existsSync(root + needs.path);
  const problems = all
    .filter((one) => !isBuilt(one))
    .map(({ name, needs }) => `${name} is left out: there is no ${needs?.path}. Make it: ${needs?.madeBy}`);
  return { built: all.filter(isBuilt), problems };
}
