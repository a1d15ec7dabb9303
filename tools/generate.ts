/**
 * Generates every *.generated.*: the REST types from the services' OpenAPI documents, each client's resolver types from
 * its schema, from its screens what its frontends import, and the Kubernetes manifests. With --check nothing is written: a file
 * that is not what it should be is named, with exit code 1. So is a screen that does not fit its schema.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate, loadContext } from '@graphql-codegen/cli';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { manifests } from '../deploy/kubernetes/manifests.ts';
import { SERVICES } from '../shared/downstream/services.ts';
import { ScreensError } from '../shared/graphql/screens.ts';
import { allClients } from './clients.ts';
import { mostItemsOf } from './most-items.ts';
import { type GeneratedFile, typedClient } from './typed-client.ts';

const ROOT = new URL('../', import.meta.url);

process.chdir(fileURLToPath(ROOT));
const codegen = await loadContext('codegen.yml');
codegen.updateConfig({ silent: true });

const services = documents();
const files = [
  ...(await restTypes()),
  mostItems(),
  ...(await resolverTypes()),
  ...(await typedClients()),
  ...(await kubernetes()),
];
const outdated = files.filter(({ path, content }) => readOrEmpty(path) !== content);

if (process.argv.includes('--check')) {
  for (const { path } of outdated) process.stderr.write(`${path} is not current: npm run generate\n`);
  if (outdated.length > 0) process.exitCode = 1;
} else {
  for (const { path, content } of outdated) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    process.stdout.write(`${path}\n`);
  }
}

/** The OpenAPI document of each service; where some are missing, ends with all of their names. */
function documents(): { readonly service: string; readonly document: URL }[] {
  const found = Object.keys(SERVICES).map((service) => {
    const path = `services/openapi/${service}.yaml`;
    return { service, path, document: new URL(path, ROOT) };
  });
  const missing = found.filter(({ document }) => !existsSync(document));
  for (const { service, path } of missing) {
    process.stderr.write(`${path} is missing: the OpenAPI document of the ${service} service has its place there.\n`);
  }
  if (missing.length > 0) process.exit(1);
  return found;
}

function restTypes(): Promise<GeneratedFile[]> {
  return Promise.all(
    services.map(async ({ service, document }) => {
      const nodes = await openapiTypescript(document, {
        immutable: true,
        rootTypes: true,
        rootTypesNoSchemaPrefix: true,
        silent: true,
      });
      const header = `// Generated from services/openapi/${service}.yaml by npm run generate.\n\n`;
      return {
        path: `shared/downstream/rest/${service}.generated.ts`,
        content: header + withNames(astToString(nodes)),
      };
    }),
  );
}

/** The bounds of all arrays in the services' answers, so that no server has to read their documents. */
function mostItems(): GeneratedFile {
  const bounds = services.map(({ service, document }) => [service, mostItemsOf(document)]);
  const header = '// Generated from services/openapi/ by npm run generate.\n\n';
  const note =
    "/** OpenAPI's maxItems of every array that a service answers: by service, path, and place in the answer ('' for all of it). */\n";
  const type = 'Readonly<Record<ServiceName, Readonly<Record<string, Readonly<Record<string, number>>>>>>';
  const json = JSON.stringify(Object.fromEntries(bounds), null, 2);
  return {
    path: 'shared/downstream/rest/most-items.generated.ts',
    content: `${header}import type { ServiceName } from '../services.ts';\n\n${note}export const MOST_ITEMS: ${type} = ${json};\n`,
  };
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

async function resolverTypes(): Promise<GeneratedFile[]> {
  const made = await generate(codegen, false);
  return made.map(({ filename, content }: { filename: string; content: string }) => ({
    path: filename,
    content: `// Generated from codegen.yml and schemas/ by npm run generate.\n\n${content}`,
  }));
}

/** Where a screen does not fit, all else is generated even so: it may be the resolvers that have to follow first. */
async function typedClients(): Promise<GeneratedFile[]> {
  const { config = {} } = codegen.getConfig();
  const made = readdirSync('bffs').map(async (client) => {
    try {
      return await typedClient(client, config);
    } catch (error) {
      if (!(error instanceof ScreensError)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
      return [];
    }
  });
  return (await Promise.all(made)).flat();
}

/** Which services a client may reach is read from its resolvers: where those cannot be loaded, all else is generated. */
async function kubernetes(): Promise<GeneratedFile[]> {
  try {
    return manifests(await allClients());
  } catch (error) {
    process.stderr.write(
      `The Kubernetes manifests stay as they are: ${error instanceof Error ? error.message : error}\n`,
    );
    process.exitCode = 1;
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
