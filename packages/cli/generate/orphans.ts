import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Frontend } from '../config.ts';

/**
 * What people have to add for a new client, or to delete for one that is gone, a line each. All else that names clients is generated.
 * `root` is the project's folder.
 */
export function orphansOf(root: string, clients: readonly string[], frontends: readonly Frontend[] = []): string[] {
  const isGone = (client: string) => !clients.includes(client);
  const schemas = readdirSync(`${root}schemas`).filter((file) => file.endsWith('.graphql'));
  const { generates } = parse(readFileSync(`${root}codegen.yml`, 'utf8'));
  const typed = Object.keys(Object(generates)).flatMap(
    (path) => /^bffs\/([^/]+)\/schema\.generated\.ts$/.exec(path)?.[1] ?? [],
  );
  const images: Readonly<Record<string, object>> = JSON.parse(
    readFileSync(`${root}deploy/kubernetes/images.json`, 'utf8'),
  );
  return [
    ...clients
      .filter((client) => !existsSync(`${root}schemas/${client}.graphql`))
      .map((client) => `schemas/${client}.graphql is missing: it is the schema of bffs/${client}.`),
    ...clients
      .filter((client) => !typed.includes(client))
      .map((client) => `codegen.yml has no entry bffs/${client}/schema.generated.ts: copy that of another client.`),
    ...schemas
      .map((file) => file.replace(/\.graphql$/, ''))
      .filter(isGone)
      .map((client) => `schemas/${client}.graphql: there is no client bffs/${client}. Delete it.`),
    ...typed.filter(isGone).map((client) => `codegen.yml: there is no client bffs/${client}. Delete its entry.`),
    ...Object.entries(images).flatMap(([environment, pushed]) =>
      Object.keys(pushed)
        .filter(isGone)
        .map(
          (client) =>
            `deploy/kubernetes/images.json, ${environment}: there is no client bffs/${client}. Delete its image.`,
        ),
    ),
    ...frontends
      .filter(({ client }) => isGone(client))
      .map(({ name, client }) => `facet.config.ts: ${name} is of bffs/${client}, and there is no such client.`),
  ];
}

/** Generated manifests of clients that are gone. `made` are the paths of all that is generated. */
export function staleManifests(root: string, made: readonly string[]): string[] {
  const folder = 'deploy/kubernetes/';
  const files = readdirSync(root + folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.generated.yaml'))
    .map((file) => folder + file)
    .filter((path) => !made.includes(path));
}
