import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SERVICES, type ServiceName } from '../../shared/downstream/services.ts';

/** What the command is asked for. */
export type Wish =
  | { readonly of: 'service'; readonly service: ServiceName; readonly openapi: string }
  | { readonly of: 'clients'; readonly clients: readonly string[]; readonly against: string | undefined };

/** All that is wrong with a command, a line each. */
export class WishError extends Error {}

const USAGE = `npm run impact -- --service orders --openapi new.yaml    a service's new document
npm run impact -- --client web --against main           a client's schema, beside what it was
npm run impact                                          all clients' schemas, beside main`;

const FLAGS = ['service', 'openapi', 'client', 'against'];

/** The wish in a command's arguments; `folder` is where the caller stands. Throws WishError. */
export function wishIn(args: readonly string[], clients: readonly string[], folder: string): Wish {
  const options = Object.fromEntries(FLAGS.map((name) => [name, { type: 'string' as const }]));
  const { values, positionals } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true });
  const { service, openapi, client, against } = values;
  const isOfService = service !== undefined || openapi !== undefined;
  const problems = [
    ...Object.keys(values)
      .filter((name) => !FLAGS.includes(name))
      .map((name) => `There is no --${name}.`),
    ...positionals.map((word) => `"${word}" belongs to no flag.`),
    ...FLAGS.filter((name) => values[name] === true || values[name] === '').map((name) => `--${name} needs a value.`),
    ...unknown('service', service, Object.keys(SERVICES)),
    ...unknown('client', client, clients),
    ...(isOfService && service === undefined ? ['--openapi needs --service: whose document is it?'] : []),
    ...(isOfService && openapi === undefined ? ['--service needs --openapi: the new document.'] : []),
    ...(isOfService && (client ?? against) !== undefined
      ? ['--service is about all clients: without --client and --against.']
      : []),
    ...(typeof openapi === 'string' && openapi !== '' && !existsSync(resolve(folder, openapi))
      ? [`There is no file ${openapi}.`]
      : []),
  ];
  if (problems.length > 0) throw new WishError([...problems, '', USAGE].join('\n'));
  if (isOfService) return { of: 'service', service: service as ServiceName, openapi: resolve(folder, String(openapi)) };
  return {
    of: 'clients',
    clients: typeof client === 'string' ? [client] : clients,
    against: typeof against === 'string' ? against : undefined,
  };
}

function unknown(kind: string, name: string | boolean | undefined, names: readonly string[]): string[] {
  if (typeof name !== 'string' || name === '' || names.includes(name)) return [];
  return [`There is no ${kind} "${name}", only ${names.join(', ')}.`];
}
