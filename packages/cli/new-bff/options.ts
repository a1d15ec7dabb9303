import type { Command } from '@facet/server/internal/command/command.ts';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { ServiceRegistry } from '@facet/server/internal/downstream/service-registry.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { portOf } from '../project.ts';

/** Headers that a new client can choose its identity from. */
type IdentityHeader = 'X-User-Id' | 'X-Partner-Id';

/** A new client, checked. */
export interface NewClient {
  readonly client: string;
  readonly port: number;
  readonly identity: IdentityHeader;
}

/** A new client as it was typed. */
export interface Answers {
  readonly client: string;
  readonly port: string;
  readonly identity: string;
}

const OPTIONS = {
  port: { value: 'PORT', description: 'Its port; by default the next one after those of all clients.' },
  identity: {
    value: 'HEADER',
    description: 'Header of its identity, X-User-Id or X-Partner-Id; X-User-Id by default.',
  },
  yes: { description: 'Asks nothing: takes the defaults of what is not given.' },
} as const;

export const COMMAND: Command<typeof OPTIONS> = {
  name: 'npm run new:bff',
  purpose:
    "Makes a new client's BFF with one screen, and whatever else of the project has to know of it. What the options do not say is " +
    'asked for at a terminal. Where anything is wrong nothing is written.',
  options: OPTIONS,
  words: ['[CLIENT]'],
  examples: [
    ['tv', 'asks for the port and the identity'],
    ['tv --port 4004 --identity X-User-Id --yes', 'asks nothing'],
  ],
};

const IDENTITIES: readonly IdentityHeader[] = ['X-User-Id', 'X-Partner-Id'];

/** The next port after those that are taken. */
export function suggestedPort(taken: readonly Pick<Bff, 'port'>[]): number {
  return 1 + Math.max(4_000, ...taken.map(({ port }) => port));
}

/** The client. Throws an InputError with all that is wrong with it. */
export function checkedClient(
  { client, port, identity }: Answers,
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
    ...(client === '' ? ['A name is needed: npm run new:bff -- tv'] : []),
    ...(client !== '' && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(client)
      ? [`"${client}" is no name: lower-case letters, digits and single dashes, a letter first.`]
      : []),
    ...(taken.some((bff) => bff.client === client) ? [`There is a client "${client}" already.`] : []),
    // Names of what is started beside the clients.
    ...([...Object.keys(services), 'all'].includes(client) ? [`"${client}" is the name of something else.`] : []),
    ...(isPort(port) ? [] : [`"${port}" is no port from 1024 to 65535.`]),
    ...(owner ? [`Port ${port} is ${owner}'s.`] : []),
    ...(header ? [] : [`"${identity}" is none of ${IDENTITIES.join(', ')}.`]),
  ];
  if (problems.length > 0 || !header) throw new InputError(problems.join('\n'));
  return { client, port: Number(port), identity: header };
}

const isPort = (text: string): boolean => /^\d{4,5}$/.test(text) && Number(text) >= 1_024 && Number(text) <= 65_535;
