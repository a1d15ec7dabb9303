/** `facet generate`: writes every *.generated.* file, and the generated regions of files that list all clients. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, helpOf, runCommand } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { readSchema, readTypes } from '@facet/server/internal/graphql/schema.ts';
import { ScreensError } from '@facet/server/internal/graphql/screens.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { generate, loadContext } from '@graphql-codegen/cli';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { allClients, clientNames } from './clients.ts';
import type { ProjectConfig } from './config.ts';
import { orphansOf, staleManifests } from './generate/orphans.ts';
import type { ScreenCosts } from './generate/project.ts';
import { readDocument } from './impact/document.ts';
import { maxItemsOf, propertiesOf } from './max-items.ts';
import { ROOT, readConfig, serviceNames } from './project.ts';
import { type GeneratedFile, typedClient } from './typed-client.ts';

const OPTIONS = {
  check: { description: 'Writes nothing. Lists files that are out of date, with exit code 1.' },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run generate',
  purpose:
    "Generates REST types from the services' OpenAPI documents, resolver types from each client's schema, client packages from the " +
    'screens, Kubernetes manifests, and the regions of other files that list all clients.',
  options: OPTIONS,
  examples: [
    ['', 'after changing a schema, a screen, an OpenAPI document or a bff.ts'],
    ['--check', 'the same as npm run check:generated'],
  ],
};

/** Problems that do not stop the generation of other files. */
const problems: string[] = [];

await runCommand(COMMAND, async ({ values }) => {
  process.chdir(ROOT);
  const clients = clientNames();
  const services = await documents();
  await checkSources(clients);
  const codegen = await loadContext('codegen.yml');
  codegen.updateConfig({ silent: true });
  // Written first: the cost analysis below loads code that imports these files.
  finish(await restTypes(services), values.check);
  const before = problems.length;
  const files = [
    ...(await resolverTypes(codegen)),
    ...(await typedClients(codegen, clients)),
    ...(await filesOfClients()),
  ];
  // If a client failed to load, its manifests must not be treated as stale.
  const paths = files.map(({ path }) => path);
  const stale = problems.length > before ? [] : staleManifests('', paths);
  finish(files, values.check);
  for (const path of stale) {
    if (values.check) problems.push(`${path} belongs to a client that no longer exists. Run npm run generate.`);
    else {
      rmSync(path);
      process.stdout.write(`${path} (deleted)\n`);
    }
  }
  if (problems.length > 0) throw new InputError(problems.join('\n'));
});

/** Writes the files that are out of date; with `isCheck`, reports them instead. */
function finish(files: readonly GeneratedFile[], isCheck: boolean): void {
  for (const { path, content } of files.filter((file) => readOrEmpty(file.path) !== file.content)) {
    if (isCheck) problems.push(`${path} is out of date. Run npm run generate.`);
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      process.stdout.write(`${path}\n`);
    }
  }
}

type Codegen = Awaited<ReturnType<typeof loadContext>>;

interface Service {
  readonly service: string;
  readonly document: URL;
}

/** The OpenAPI document of each service. Throws an InputError that lists all missing and invalid documents. */
async function documents(): Promise<Service[]> {
  const found = serviceNames().map((service) => {
    const path = `shared/${service}/openapi.yaml`;
    return { service, path, document: pathToFileURL(ROOT + path) };
  });
  const wrong = await Promise.all(
    found.map(async ({ service, path, document }) => {
      if (!existsSync(document)) {
        return [`${path} is missing. Put the OpenAPI document of the service ${service} there.`];
      }
      return problemsOf(() => readDocument(path));
    }),
  );
  throwAll(wrong.flat());
  return found;
}

/** Throws an InputError that lists all problems of the clients' schemas and all files of clients that no longer exist. */
async function checkSources(clients: readonly string[]): Promise<void> {
  const existing = clients.filter((client) => existsSync(`schemas/${client}.graphql`));
  const schemas = await Promise.all(existing.map((client) => problemsOf(() => readTypes(`schemas/${client}.graphql`))));
  throwAll([...orphansOf('', clients, (await readConfig()).frontends), ...schemas.flat()]);
}

async function problemsOf(read: () => unknown): Promise<string[]> {
  try {
    await read();
    return [];
  } catch (error) {
    if (error instanceof InputError) return [error.message];
    throw error;
  }
}

function throwAll(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new InputError(wrong.join('\n'));
}

function restTypes(services: readonly Service[]): Promise<GeneratedFile[]> {
  return Promise.all(
    services.map(async ({ service, document }) => {
      const nodes = await openapiTypescript(document, {
        immutable: true,
        rootTypes: true,
        rootTypesNoSchemaPrefix: true,
        silent: true,
      });
      const header = `// Generated from shared/${service}/openapi.yaml by npm run generate.\n\n`;
      return {
        path: `shared/${service}/rest.generated.ts`,
        content: header + withNames(astToString(nodes)) + factsOf(document),
      };
    }),
  );
}

/** The array bounds and property names in a service's responses, so that servers do not have to read the OpenAPI document. */
function factsOf(document: URL): string {
  const facts = { maxItems: maxItemsOf(document), properties: propertiesOf(document) };
  return `
/** maxItems of arrays and property names in the responses, by URL path and by property path ('' for the whole response). */
export const document: import('@facet/server').ServiceDocument = ${JSON.stringify(facts, null, 2)};
`;
}

/** Turns type aliases of rows into interfaces: compiler errors then name `Product` instead of listing all of its properties. */
function withNames(types: string): string {
  const objects = Array.from(types.matchAll(/^ {8}readonly (\w+): \{$/gm), ([, name]) => name);
  const named = objects.reduce<string>(
    (text, name) =>
      text.replace(
        `export type ${name} = components['schemas']['${name}'];`,
        `export interface ${name} extends Named<components['schemas']['${name}']> {}`,
      ),
    types,
  );
  return `${named}type Named<Schema> = Schema;\n`;
}

async function resolverTypes(codegen: Codegen): Promise<GeneratedFile[]> {
  const made = await generate(codegen, false);
  return made.map(({ filename, content }: { filename: string; content: string }) => ({
    path: filename,
    content: `// Generated from codegen.yml and schemas/ by npm run generate.\n\n${content}`,
  }));
}

/** A screen that does not match the schema is reported. Generation continues, since the resolvers may need the new types first. */
async function typedClients(codegen: Codegen, clients: readonly string[]): Promise<GeneratedFile[]> {
  const { config = {} } = codegen.getConfig();
  const made = clients.map(async (client) => {
    try {
      return await typedClient(client, config);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  return (await Promise.all(made)).flat();
}

/**
 * The manifests and the regions that list all clients. Ports, services and costs come from the clients' code. If it cannot be loaded, or
 * does not match the schema yet, the problem is reported and these files stay unchanged.
 */
async function filesOfClients(): Promise<GeneratedFile[]> {
  try {
    const bffs = await allClients();
    const costs = await Promise.all(
      bffs.map(async (bff): Promise<[string, ScreenCosts | undefined]> => [bff.client, await costsIn(bff)]),
    );
    const known = costs.filter((one): one is [string, ScreenCosts] => one[1] !== undefined);
    // These load shared/services.ts, which imports what has just been generated.
    const config = await readConfig();
    const { projectFiles } = await import('./generate/project.ts');
    return [
      ...(await manifestsOf(config, bffs)),
      ...projectFiles('', bffs, config, known.length === costs.length ? new Map(known) : undefined),
      ...(await referenceOf(config)),
    ];
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split('\n');
    problems.push(
      error instanceof InputError
        ? error.message
        : `The clients' code cannot be loaded, so files that list all clients were not generated: ${message}`,
    );
    return [];
  }
}

/** The reference pages, if facet.config.ts has a directory for them. */
async function referenceOf({ reference }: ProjectConfig): Promise<GeneratedFile[]> {
  if (reference === undefined) return [];
  const { referencePages } = await import('./generate/reference.ts');
  return referencePages(reference, { generate: helpOf(COMMAND) });
}

/** The files that the module `manifests` of facet.config.ts returns. */
async function manifestsOf({ manifests: path }: ProjectConfig, bffs: readonly Bff[]): Promise<GeneratedFile[]> {
  if (path === undefined) return [];
  const module: { manifests(bffs: readonly Bff[]): GeneratedFile[] } = await import(ROOT + path);
  return module.manifests(bffs);
}

/** Costs of a client's screens; undefined if a screen does not match the schema. Resolvers may be missing at this point. */
async function costsIn({ client, resolvers }: Bff): Promise<ScreenCosts | undefined> {
  const { costsOf } = await import('./check/client.ts');
  const schema = readSchema(`schemas/${client}.graphql`, resolvers, { isUnfinished: true });
  try {
    return costsOf(client, schema).costs;
  } catch (error) {
    // typedClients has already reported this error.
    if (error instanceof ScreensError) return undefined;
    throw error;
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
