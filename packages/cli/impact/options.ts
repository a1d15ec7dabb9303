import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, UsageError, type Values } from '@facet/server/internal/command/command.ts';
import { didYouMean } from '@facet/server/internal/command/nearest.ts';

/** Whose change is looked at. */
export type Question =
  | { readonly of: 'service'; readonly service: string; readonly openapi: string }
  | { readonly of: 'clients'; readonly clients: readonly string[]; readonly against: string | undefined };

const OPTIONS = {
  service: { value: 'NAME', description: 'A service whose document changes; needs --openapi.' },
  openapi: { value: 'FILE', description: 'The new OpenAPI document of --service.' },
  client: { value: 'NAME', description: 'A client whose schema has changed; all of them without it.' },
  against: { value: 'REF', description: 'The commit or branch to compare the schemas with; main by default.' },
} as const;

export const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run impact',
  purpose:
    'Says which screens of which clients a change breaks. Exit code 1: something breaks. Exit code 2: it cannot be told.',
  options: OPTIONS,
  examples: [
    ['--service orders --openapi new.yaml', "a service's new document"],
    ['--client web --against main', "a client's schema, compared with an earlier one"],
    ['', "all clients' schemas, compared with main"],
  ],
};

/** The question in the command's options; `folder` is where the caller is. Throws a UsageError with all problems. */
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
    ...(isOfService && service === undefined ? ['--openapi needs --service: whose document is it?'] : []),
    ...(isOfService && openapi === undefined ? ['--service needs --openapi: the new document.'] : []),
    ...(isOfService && (client ?? against) !== undefined
      ? ['--service is about all clients: without --client and --against.']
      : []),
    ...(openapi !== undefined && !existsSync(resolve(folder, openapi)) ? [`There is no file ${openapi}.`] : []),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  if (service !== undefined && openapi !== undefined) {
    return { of: 'service', service, openapi: resolve(folder, openapi) };
  }
  return { of: 'clients', clients: client === undefined ? clients : [client], against };
}

function unknown(kind: string, name: string | undefined, names: readonly string[]): string[] {
  if (name === undefined || names.includes(name)) return [];
  return [`There is no ${kind} "${name}", only ${names.join(', ')}.${didYouMean(name, names)}`];
}
