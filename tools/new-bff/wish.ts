import { SERVICES } from '../../shared/downstream/services.ts';
import type { IdentityHeader } from '../../shared/request/identity.ts';
import type { Bff } from '../../shared/server/bff.ts';

/** The new client that somebody wishes for. */
export interface Wish {
  readonly client: string;
  readonly port: number;
  readonly identity: IdentityHeader;
}

/** A wish as it was typed. */
export interface Answers {
  readonly client: string;
  readonly port: string;
  readonly identity: string;
}

export const FLAGS = {
  port: { type: 'string' },
  identity: { type: 'string' },
  yes: { type: 'boolean', default: false },
} as const;

/** Names of what is started beside the clients, and could not be told from them. */
const RESERVED: readonly string[] = [...Object.keys(SERVICES), 'all'];
const IDENTITIES: readonly IdentityHeader[] = ['X-User-Id', 'X-Partner-Id'];

/** The next port after those that are taken. */
export function suggestedPort(taken: readonly Pick<Bff, 'port'>[]): number {
  return 1 + Math.max(4_000, ...taken.map(({ port }) => port));
}

/** The wish; throws an error with all that is wrong with it. */
export function checkedWish(
  { client, port, identity }: Answers,
  taken: readonly Pick<Bff, 'client' | 'port'>[],
  more: readonly string[] = [],
): Wish {
  const header = IDENTITIES.find((name) => name.toLowerCase() === identity.toLowerCase());
  const owners: [string, number][] = [
    ...taken.map((bff): [string, number] => [bff.client, bff.port]),
    ...Object.entries(SERVICES),
  ];
  const [owner] = owners.find(([, used]) => String(used) === port) ?? [];
  const problems = [
    ...(client === '' ? ['A name is needed: npm run new:bff -- tv'] : []),
    ...(client !== '' && !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(client)
      ? [`"${client}" is no name: lower-case letters, digits and single dashes, a letter first.`]
      : []),
    ...(taken.some((bff) => bff.client === client) ? [`There is a client "${client}" already.`] : []),
    ...(RESERVED.includes(client) ? [`"${client}" is the name of something else.`] : []),
    ...(isPort(port) ? [] : [`"${port}" is no port from 1024 to 65535.`]),
    ...(owner ? [`Port ${port} is ${owner}'s.`] : []),
    ...(header ? [] : [`"${identity}" is none of ${IDENTITIES.join(', ')}.`]),
    ...more.map((word) => `"${word}" is more than a name.`),
  ];
  if (problems.length > 0 || !header) throw new Error(problems.join('\n'));
  return { client, port: Number(port), identity: header };
}

const isPort = (text: string): boolean => /^\d{4,5}$/.test(text) && Number(text) >= 1_024 && Number(text) <= 65_535;
