import { readFileSync } from 'node:fs';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { Frontend, ProjectConfig } from '../config.ts';
import { deployables } from '../start/deployables.ts';
import { overview } from '../start/overview.ts';
import { table } from '../table.ts';
import type { GeneratedFile } from '../typed-client.ts';
import { gatewayRegions } from './gateway.ts';
import { withRegion } from './regions.ts';

/** What a screen costs at most, by its name. */
export type ScreenCosts = ReadonlyMap<string, { readonly calls: number; readonly waves: number }>;

/** The gateway's configuration. */
const GATEWAY = 'deploy/gateway/haproxy.cfg';
/** A client's METRICS_PORT on a machine that runs all of them: 9401 beside 4001. */
const METRICS_PORTS_FROM = 5_400;
/** How many processes of a client the gateway finds by DNS at most; docs/how-to/run-behind-the-gateway.md says why. */
const MOST_PROCESSES = 150;

/**
 * The files of the project that name every client: its npm scripts, its owners, the gateway's routes, Prometheus' targets, and the
 * documentation. `root` is the project's folder. `costs` has the screens of each client; without it the table of clients stays as it is.
 */
export function projectFiles(
  root: string,
  bffs: readonly Bff[],
  config: ProjectConfig,
  costs: ReadonlyMap<string, ScreenCosts> | undefined,
): GeneratedFile[] {
  const read = (path: string) => readFileSync(root + path, 'utf8');
  const withRegions = (path: string, regions: Readonly<Record<string, string>>): GeneratedFile => ({
    path,
    content: Object.entries(regions).reduce(
      (text, [name, content]) => withRegion(text, name, content, path),
      read(path),
    ),
  });
  return [
    { path: 'package.json', content: withScripts(read('package.json'), bffs, config) },
    withRegions('CODEOWNERS', { owners: bffs.flatMap((bff) => ownersOf(bff, config.frontends ?? [])).join('\n') }),
    withRegions(GATEWAY, gatewayRegions(read(GATEWAY), bffs)),
    withRegions('deploy/prometheus/prometheus.yml', { targets: bffs.map(targetOf).join('\n') }),
    withRegions('docs/how-to/run-behind-the-gateway.md', { servers: block('text', serversOf(bffs)) }),
    withRegions('README.md', {
      overview: block('text', overview(deployables(bffs, config), bffs, config.examples).trimEnd()),
      ...(costs && { clients: clientTable(bffs, costs) }),
    }),
  ];
}

/** The scripts of each client behind those of the services, and of no others. */
function withScripts(text: string, bffs: readonly Bff[], config: ProjectConfig): string {
  const manifest: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(text);
  const services = (config.services ?? []).map(({ name }) => `start:${name}`);
  const others = Object.entries(manifest.scripts).filter(
    ([name]) => !/^(start|mock):/.test(name) || services.includes(name),
  );
  const last = others.findLastIndex(([name]) => services.includes(name));
  const scripts = others.toSpliced(
    last + 1,
    0,
    ...bffs.map(({ client }): [string, string] => [`start:${client}`, `node bffs/${client}/main.ts`]),
    ...bffs.map(({ client }): [string, string] => [`mock:${client}`, `facet mock ${client}`]),
  );
  return `${JSON.stringify({ ...manifest, scripts: Object.fromEntries(scripts) }, null, 2)}\n`;
}

function ownersOf({ client }: Bff, frontends: readonly Frontend[]): string[] {
  const pages = frontends.filter((one) => one.client === client).map(({ directory }) => `/${directory}/`);
  return [`/bffs/${client}/`, ...pages, `/schemas/${client}.graphql`].map(
    (path) => `${path.padEnd(25)} @facet/${client}`,
  );
}

const targetOf = ({ client, port }: Bff): string =>
  [
    `  - job_name: facet-${client}`,
    '    static_configs:',
    `      - targets: ['localhost:${port + METRICS_PORTS_FROM}']`,
  ].join('\n');

function serversOf(bffs: readonly Bff[]): string {
  const backends = bffs.map(
    ({ client, port }) =>
      `backend ${client} from bff\n  server-template ${client}- ${MOST_PROCESSES} ${client}.internal:${port} resolvers cluster init-addr none`,
  );
  return ['resolvers cluster\n  parse-resolv-conf\n  accepted_payload_size 8192\n', ...backends].join('\n');
}

function clientTable(bffs: readonly Bff[], costs: ReadonlyMap<string, ScreenCosts>): string {
  const rows = bffs.map(({ client, port, identity }) => {
    const screens = Array.from(
      costs.get(client) ?? [],
      ([name, { calls, waves }]) => `${name}: ${counted(calls, 'call')} in ${counted(waves, 'wave')}`,
    );
    const schema = `schemas/${client}.graphql`;
    return [client, String(port), identity.header, `[${schema}](${schema})`, screens.join('; ')];
  });
  return `\n${table(['client', 'port', 'identity', 'schema', 'screens, and what each can cost'], rows)}\n`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const block = (language: string, text: string): string => `\n\`\`\`${language}\n${text}\n\`\`\`\n`;
