import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, UsageError, type Values } from '@facet/server/internal/command/command.ts';
import { didYouMean } from '@facet/server/internal/command/nearest.ts';
import { type Budget, readBudget } from '@facet/server/internal/graphql/budget.ts';
import { readSchema } from '@facet/server/internal/graphql/schema.ts';
import { readManifests, readScreens } from '@facet/server/internal/graphql/screens.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { ROOT } from '../project.ts';
import { clientImpact } from './client-report.ts';
import { readDocument } from './document.ts';
import { pastOf } from './history.ts';
import { breachesBy } from './lengths.ts';
import { type Client, impactOf } from './service.ts';
import { type Report, reportOf } from './service-report.ts';

/** The change to analyse: a service's OpenAPI document, or clients' schemas. */
export type Question =
  | { readonly of: 'service'; readonly service: string; readonly openapi: string }
  | { readonly of: 'clients'; readonly clients: readonly string[]; readonly against: string | undefined };

const OPTIONS = {
  service: { value: 'NAME', description: 'The service whose OpenAPI document changes. Requires --openapi.' },
  openapi: { value: 'FILE', description: 'The new OpenAPI document of --service.' },
  client: { value: 'NAME', description: 'The client whose schema has changed. Default: all clients.' },
  against: { value: 'REF', description: 'The commit or branch to compare the schemas with. Default: main.' },
} as const;

export const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run impact',
  purpose:
    'Lists the screens that a change breaks. Exit code 1: something breaks. Exit code 2: it is unclear whether something breaks.',
  options: OPTIONS,
  examples: [
    ['--service orders --openapi new.yaml', "checks a service's new document"],
    ['--client web --against main', "compares a client's schema with an earlier version"],
    ['', "compares all clients' schemas with main"],
  ],
};

/** Converts the command's options; `folder` is the caller's directory. Throws a UsageError that lists all problems. */
export function questionIn(
  { service, openapi, client, against }: Values<typeof OPTIONS>,
  clients: readonly string[],
  services: readonly string[],
  folder: string,
): Question {
  const isOfService = service !== undefined || openapi !== undefined;
  const problems = [
    ...unknown('service', service, services),
    ...unknown('client', client, clients),
    ...(isOfService && service === undefined ? ['--openapi requires --service, the service of the document.'] : []),
    ...(isOfService && openapi === undefined ? ['--service requires --openapi, the new document.'] : []),
    ...(isOfService && (client ?? against) !== undefined
      ? ['--service checks all clients and cannot be combined with --client or --against.']
      : []),
    ...(openapi !== undefined && !existsSync(resolve(folder, openapi)) ? [`The file ${openapi} does not exist.`] : []),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  if (service !== undefined && openapi !== undefined) {
    return { of: 'service', service, openapi: resolve(folder, openapi) };
  }
  return { of: 'clients', clients: client === undefined ? clients : [client], against };
}

function unknown(kind: string, name: string | undefined, names: readonly string[]): string[] {
  if (name === undefined || names.includes(name)) return [];
  return [`Unknown ${kind} "${name}". Known: ${names.join(', ')}.${didYouMean(name, names)}`];
}

/** Computes the impact. Throws DocumentError for invalid documents and HistoryError if there is no earlier version. */
export async function impactFor(question: Question, bffs: readonly Bff[], root = ROOT): Promise<Report> {
  return question.of === 'service' ? ofService(question, bffs, root) : ofClients(question, bffs, root);
}

async function ofService(
  { service, openapi }: Extract<Question, { of: 'service' }>,
  bffs: readonly Bff[],
  root: string,
): Promise<Report> {
  const folder = `${root}shared/${service}`;
  const before = await readDocument(`${folder}/openapi.yaml`);
  const after = await readDocument(openapi, folder);
  const clients = bffs.map((bff) => readClient(bff, root));
  const impact = impactOf(service, before, after, clients);
  const breaches = clients.flatMap((client) => breachesBy(service, before, impact.changes, client, client.budget));
  return reportOf(`${service} with ${basename(openapi)}`, impact, breaches, clients);
}

async function ofClients(
  { clients, against }: Extract<Question, { of: 'clients' }>,
  bffs: readonly Bff[],
  root: string,
): Promise<Report> {
  const past = pastOf(root, against);
  const reports: Report[] = [];
  for (const { client, publicSchema = false } of bffs.filter((bff) => clients.includes(bff.client))) {
    reports.push(await clientImpact({ client, isOpen: publicSchema }, root, past));
  }
  return {
    text: reports.map(({ text }) => text).join('\n\n'),
    isBroken: reports.some(({ isBroken }) => isBroken),
    isUnclear: reports.some(({ isUnclear }) => isUnclear),
  };
}

/** Reads a client's schema, screens and budget. Throws if a screen does not match the schema. */
export function readClient(bff: Bff, root: string): Client & { readonly budget: Budget } {
  const { client: name, resolvers, identity, publicSchema = false } = bff;
  const folder = `${root}bffs/${name}`;
  const schema = readSchema(`${root}schemas/${name}.graphql`, resolvers);
  const documents = readManifests(bff.manifests ?? `${folder}/documents`, schema);
  return {
    name,
    schema,
    screens: [...readScreens(`${folder}/screens`, schema), ...documents],
    isOpen: publicSchema,
    identityHeader: identity.header,
    budget: existsSync(`${folder}/budget.json`)
      ? readBudget(`${folder}/budget.json`)
      : { screens: {}, adHoc: { calls: 0 } },
  };
}
