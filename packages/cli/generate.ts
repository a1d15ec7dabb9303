/** npm run generate: makes every *.generated.*, and the parts of other files that name every client. */

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
  check: { description: 'Writes nothing, and names files that are not current: exit code 1.' },
} as const;

const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run generate',
  purpose:
    "Makes the REST types from the services' OpenAPI documents; each client's resolver types from its schema, and from its screens what " +
    'its frontends import; the Kubernetes manifests; and what other files say of every client.',
  options: OPTIONS,
  examples: [
    ['', 'after a change of a schema, a screen, an OpenAPI document, or a client'],
    ['--check', 'as npm run check:generated'],
  ],
};

/** What is wrong and does not keep other files from being made. */
const problems: string[] = [];

await runCommand(COMMAND, async ({ values }) => {
  process.chdir(ROOT);
  const clients = clientNames();
  const services = await documents();
  await checkSources(clients);
  const codegen = await loadContext('codegen.yml');
  codegen.updateConfig({ silent: true });
  // Written first: what a screen costs is worked out by code that reads them.
  finish(await restTypes(services), values.check);
  const before = problems.length;
  const files = [
    ...(await resolverTypes(codegen)),
    ...(await typedClients(codegen, clients)),
    ...(await filesOfClients()),
  ];
  // Where clients could not be loaded nobody knows whose manifests are left over.
  const paths = files.map(({ path }) => path);
  const stale = problems.length > before ? [] : staleManifests('', paths);
  finish(files, values.check);
  for (const path of stale) {
    if (values.check) problems.push(`${path} is of a client that is gone: npm run generate`);
    else {
      rmSync(path);
      process.stdout.write(`${path} (deleted)\n`);
    }
  }
  if (problems.length > 0) throw new InputError(problems.join('\n'));
});

/** Writes those files that are not current, or tells of them. */
function finish(files: readonly GeneratedFile[], isCheck: boolean): void {
  for (const { path, content } of files.filter((file) => readOrEmpty(file.path) !== file.content)) {
    if (isCheck) problems.push(`${path} is not current: npm run generate`);
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

/** The OpenAPI document of each service. Throws an InputError with all that are missing or cannot be used. */
async function documents(): Promise<Service[]> {
  const found = serviceNames().map((service) => {
    const path = `shared/${service}/openapi.yaml`;
    return { service, path, document: pathToFileURL(ROOT + path) };
  });
  const wrong = await Promise.all(
    found.map(async ({ service, path, document }) => {
      if (!existsSync(document)) {
        return [`${path} is missing: the OpenAPI document of the ${service} service has its place there.`];
      }
      return problemsOf(() => readDocument(path));
    }),
  );
  throwAll(wrong.flat());
  return found;
}

/** Throws an InputError with all that is wrong with the clients' schemas, and all that is left over of clients. */
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

/** The bounds of arrays and the names of properties in a service's responses, so that no server has to read its document. */
function factsOf(document: URL): string {
  const facts = { maxItems: maxItemsOf(document), properties: propertiesOf(document) };
  return `
/** maxItems of arrays and names of properties in the responses: by path, and by place in the response ('' for all of it). */
export const document: import('@facet/server').ServiceDocument = ${JSON.stringify(facts, null, 2)};
`;
}

/**
 * Rows as interfaces in place of aliases: the compiler then speaks of `Product`, not of all that is in one, when a
 * resolver does not fit.
 */
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

/** Where a screen does not fit, all else is generated even so: it may be the resolvers that have to follow first. */
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
 * What names every client, and the manifests. Ports, services and costs are read from the clients' code: where that cannot be loaded, or
 * does not fit the schema yet, all else is generated.
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
        : `The clients' code cannot be loaded, and what names every client stays as it is: ${message}`,
    );
    return [];
  }
}

/**
 * What a client's screens cost; undefined where a screen does not fit the schema. Fields may lack their resolvers yet: those follow from
 * what is made here.
 */
async function referenceOf({ reference }: ProjectConfig): Promise<GeneratedFile[]> {
  if (reference === undefined) return [];
  const { referencePages } = await import('./generate/reference.ts');
  return referencePages(reference, { generate: helpOf(COMMAND) });
}

/** The files that the project's own module makes for its clients. */
async function manifestsOf({ manifests: path }: ProjectConfig, bffs: readonly Bff[]): Promise<GeneratedFile[]> {
  if (path === undefined) return [];
  const module: { manifests(bffs: readonly Bff[]): GeneratedFile[] } = await import(ROOT + path);
  return module.manifests(bffs);
}

async function costsIn({ client, resolvers }: Bff): Promise<ScreenCosts | undefined> {
  const { costsOf } = await import('./check/client.ts');
  const schema = readSchema(`schemas/${client}.graphql`, resolvers, { isUnfinished: true });
  try {
    return costsOf(client, schema).costs;
  } catch (error) {
    // Told of already, with the packages of the clients.
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
