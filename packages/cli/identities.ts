import type { Bff } from '@facet/server/internal/http/bff.ts';

/** The identity header of a project that has no clients yet. The gateway's users are the callers whose id it carries. */
export const DEFAULT_IDENTITY_HEADER = 'X-User-Id';

/** Callers of one kind: those whose id the same header carries. */
export interface CallerGroup {
  /** `users` for X-User-Id, `stores` for X-Store-Id. */
  readonly name: string;
  readonly header: string;
  /** The clients whose identity header it is. */
  readonly clients: readonly string[];
  /** `aud` of the group's tokens. A token of one group is not valid for the clients of another. */
  readonly audience: string;
  /** The gateway's setting of the audience. */
  readonly setting: string;
}

/** The callers of all clients, by identity header, in the order of the clients. */
export function callerGroups(bffs: readonly Pick<Bff, 'client' | 'identity'>[]): CallerGroup[] {
  const groups = Map.groupBy(bffs, ({ identity }) => identity.header.toLowerCase());
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [groupOf(first.identity.header, [first, ...others])],
  );
}

/** The group of a header, with these clients. */
export function groupOf(header: string, bffs: readonly Pick<Bff, 'client'>[] = []): CallerGroup {
  const words = header.toLowerCase().split(/[^a-z0-9]+/);
  const name = `${words.filter((word) => word !== '' && word !== 'x' && word !== 'id').join('_') || 'caller'}s`;
  const clients = bffs.map(({ client }) => client);
  return { name, header, clients, audience: `facet-${name}`, setting: `JWT_AUDIENCE_${name.toUpperCase()}` };
}
