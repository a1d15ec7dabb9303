import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceRegistry } from '@facet/server/internal/downstream/service-registry.ts';
import type { ProjectConfig } from './config.ts';

/**
 * Root directory of the project, with a trailing slash: the working directory, which npm sets to the project root. In a directory without
 * bffs/ it is the workspace of this file's package, if there is one.
 */
export const ROOT = rootOf(fileURLToPath(new URL('../../', import.meta.url)));

function rootOf(workspace: string): string {
  const here = `${process.cwd()}/`;
  return existsSync(`${here}bffs`) || !existsSync(`${workspace}bffs`) ? here : workspace;
}

/** The configuration in facet.config.ts, or an empty one if the file does not exist. */
export async function readConfig(root = ROOT): Promise<ProjectConfig> {
  if (!existsSync(`${root}facet.config.ts`)) return {};
  const { default: config }: { default: ProjectConfig } = await import(`${root}facet.config.ts`);
  return config;
}

/** The service registry in shared/services.ts. */
export async function readServices(root = ROOT): Promise<ServiceRegistry> {
  const { services }: { services: ServiceRegistry } = await import(`${root}shared/services.ts`);
  return services;
}

/** Port of a service's default URL. */
export function portOf({ url }: ServiceRegistry[string]): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Names of the directories in shared/ that contain an openapi.yaml, sorted. */
export function serviceNames(root = ROOT): string[] {
  const entries = readdirSync(`${root}shared`, { withFileTypes: true });
  return entries
    .filter((entry) => existsSync(`${root}shared/${entry.name}/openapi.yaml`))
    .map(({ name }) => name)
    .sort();
}
