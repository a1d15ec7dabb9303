import type { Command } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { ServiceRegistry } from '@facet/server/internal/downstream/service-registry.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { portOf } from '../project.ts';

/** The identity headers that a new client can choose from. */
type IdentityHeader = 'X-User-Id' | 'X-Partner-Id';

/** The validated options of a new client. */
export interface NewClient {
  readonly client: string;
  readonly port: number;
  readonly identity: IdentityHeader;
}

/** The options as given on the command line or typed at the prompts. */
export interface Input {
  readonly client: string;
  readonly port: string;
  readonly identity: string;
}

const OPTIONS = {
  port: { value: 'PORT', description: 'Port of the BFF. Default: the first one above the ports of all clients.' },
  identity: {
    value: 'HEADER',
    description: 'Identity header, X-User-Id or X-Partner-Id. Default: X-User-Id.',
  },
  yes: { description: 'Uses the defaults for all missing options instead of prompting.' },
} as const;

export const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run new:bff',
  purpose:
    'Creates the BFF of a new client with one screen, and updates the files that list all clients. At a terminal it prompts for missing ' +
    'options. If there is a problem, it writes nothing.',
  options: OPTIONS,
  words: ['[CLIENT]'],
  examples: [
    ['tv', 'prompts for the port and the identity header'],
    ['tv --port 4004 --identity X-User-Id --yes', 'prompts for nothing'],
  ],
};

const IDENTITIES: readonly IdentityHeader[] = ['X-User-Id', 'X-Partner-Id'];

/** The first port above those of all clients. */
export function suggestedPort(taken: readonly Pick<Bff, 'port'>[]): number {
  return 1 + Math.max(4_000, ...taken.map(({ port }) => port));
}

/** Validates the input. Throws an InputError that lists all problems. */
export function checkedClient(
  { client, port, identity }: Input,
  taken: readonly Pick<Bff, 'client' | 'port'>[],
  services: ServiceRegistry,
): NewClient {
  const header = IDENTITIES.find((name) => name.toLowerCase() === identity.toLowerCase());
  const owners: [string, number][] = [
    ...taken.map((bff): [string, number] => [bff.client, bff.port]),
    ...Object.entries(services).map(([name, one]): [string, number] => [name, portOf(one)]),
  ];
  const [owner] = owners.find(([, used]) => String(used) === port) ?? [];
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
    ...(header ? [] : [`The identity header "${identity}" is not one of ${IDENTITIES.join(', ')}.`]),
  ];
  if (problems.length > 0 || !header) throw new InputError(problems.join('\n'));
  return { client, port: Number(port), identity: header };
}

const isPort = (text: string): boolean => /^\d{4,5}$/.test(text) && Number(text) >= 1_024 && Number(text) <= 65_535;
