import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServiceRegistry } from '@facet/server/internal/downstream/service-registry.ts';
import type { ProjectConfig } from './config.ts';

/**
 * Root directory of the project, with a slash at the end: the working directory, where npm runs scripts. In a directory without bffs/ it is
 * the workspace of this file's package, if that has one.
 */
export const ROOT = rootOf(fileURLToPath(new URL('../../', import.meta.url)));

function rootOf(workspace: string): string {
  const here = `${process.cwd()}/`;
  return existsSync(`${here}bffs`) || !existsSync(`${workspace}bffs`) ? here : workspace;
}

/** What facet.config.ts says; an empty configuration without that file. */
export async function readConfig(root = ROOT): Promise<ProjectConfig> {
  if (!existsSync(`${root}facet.config.ts`)) return {};
  const { default: config }: { default: ProjectConfig } = await import(`${root}facet.config.ts`);
  return config;
}

/** The services that the project declares in shared/services.ts. */
export async function readServices(root = ROOT): Promise<ServiceRegistry> {
  const { services }: { services: ServiceRegistry } = await import(`${root}shared/services.ts`);
  return services;
}

/** Port of a service's default address. */
export function portOf({ url }: ServiceRegistry[string]): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** Names of the services: the directories of shared/ that have an OpenAPI document. */
export function serviceNames(root = ROOT): string[] {
  const entries = readdirSync(`${root}shared`, { withFileTypes: true });
  return entries
    .filter((entry) => existsSync(`${root}shared/${entry.name}/openapi.yaml`))
    .map(({ name }) => name)
    .sort();
}
