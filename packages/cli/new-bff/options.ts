import type { Command } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { didYouMean } from '@facet/server/internal/command/nearest.ts';
import type { ServiceRegistry } from '@facet/server/internal/downstream/service-registry.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { problemOfHeader } from '@facet/server/internal/http/options.ts';
import { DEFAULT_IDENTITY_HEADER } from '../identities.ts';
import { portOf } from '../project.ts';

/** The validated options of a new client. */
export interface NewClient {
  readonly client: string;
  readonly port: number;
  /** The identity header. */
  readonly header: string;
  /** An id to try the client with. */
  readonly exampleId: string;
  /** The services that its starter shows. */
  readonly from: readonly string[];
}

/** The options as given on the command line or typed at the prompts. */
export interface Input {
  readonly client: string;
  readonly port: string;
  readonly identity: string;
  /** Names of services, separated by commas. */
  readonly from: string;
}

const OPTIONS = {
  from: {
    value: 'SERVICES',
    description: 'Services that the first screen shows, separated by commas. Default: all in shared/services.ts.',
  },
  port: { value: 'PORT', description: 'Port of the BFF. Default: the first one above the ports of all clients.' },
  identity: {
    value: 'HEADER',
    description: `Header with the caller's id. Default: that of most clients, or ${DEFAULT_IDENTITY_HEADER}.`,
  },
  yes: { description: 'Uses the defaults for all missing options instead of prompting.' },
} as const;

export const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run new:bff',
  purpose:
    "Creates the BFF of a new client, and updates the files that list all clients. Its schema and screen are derived from the services' " +
    'endpoints and OpenAPI documents. At a terminal it prompts for missing options. If there is a problem, it writes nothing.',
  options: OPTIONS,
  words: ['[CLIENT]'],
  examples: [
    ['tv', 'prompts for the services, the port and the identity header'],
    ['tv --from catalog,orders', 'shows two services'],
    ['tv --port 4004 --identity X-Store-Id --yes', 'prompts for nothing'],
  ],
};

/** The first port above those of all clients. */
export function suggestedPort(taken: readonly Pick<Bff, 'port'>[]): number {
  return 1 + Math.max(4_000, ...taken.map(({ port }) => port));
}

/** The identity header of most clients; the default one if there are no clients. */
export function suggestedIdentity(taken: readonly Pick<Bff, 'identity'>[]): string {
  const groups = [...Map.groupBy(taken, ({ identity }) => identity.header.toLowerCase()).values()];
  const [largest] = groups.sort((one, other) => other.length - one.length);
  return largest?.[0]?.identity.header ?? DEFAULT_IDENTITY_HEADER;
}

type Taken = Pick<Bff, 'client' | 'port' | 'identity'>;

/** Validates the input. Throws an InputError that lists all problems. */
export function checkedClient(
  { client, port, identity, from }: Input,
  taken: readonly Taken[],
  services: ServiceRegistry,
): NewClient {
  const owners: [string, number][] = [
    ...taken.map((bff): [string, number] => [bff.client, bff.port]),
    ...Object.entries(services).map(([name, one]): [string, number] => [name, portOf(one)]),
  ];
  const [owner] = owners.find(([, used]) => String(used) === port) ?? [];
  const names = from
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrongHeader = problemOfHeader(identity);
  const problems = [
    ...(client === '' ? ['The client name is missing. Usage: npm run new:bff -- tv'] : []),
    ...(client !== '' && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(client)
      ? [`"${client}" is not a valid name. Use lower-case letters, digits and single dashes, starting with a letter.`]
      : []),
    ...(taken.some((bff) => bff.client === client) ? [`The client "${client}" already exists.`] : []),
    // Services run beside the clients, under their own names.
    ...([...Object.keys(services), 'all'].includes(client) ? [`The name "${client}" is reserved.`] : []),
    ...(isPort(port) ? [] : [`"${port}" is not a port from 1024 to 65535.`]),
    ...(owner ? [`Port ${port} is used by ${owner}.`] : []),
    ...(wrongHeader === undefined ? [] : [`The identity header is ${wrongHeader}`]),
    ...names.filter((name) => !Object.hasOwn(services, name)).map((name) => unknownService(name, services)),
  ];
  if (problems.length > 0) throw new InputError(problems.join('\n'));
  // The spelling of the existing clients.
  const known = taken.find((bff) => bff.identity.header.toLowerCase() === identity.toLowerCase())?.identity;
  return {
    client,
    port: Number(port),
    header: known?.header ?? identity,
    exampleId: known?.exampleId ?? '1',
    from: [...new Set(names)],
  };
}

function unknownService(name: string, services: ServiceRegistry): string {
  const known = Object.keys(services);
  return `Unknown service "${name}". Known: ${known.join(', ')}.${didYouMean(name, known)}`;
}

const isPort = (text: string): boolean => /^\d{4,5}$/.test(text) && Number(text) >= 1_024 && Number(text) <= 65_535;
