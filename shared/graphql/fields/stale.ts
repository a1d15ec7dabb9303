import type { Context } from '../context.ts';

/** What a field is told of where it stands in the answer, as graphql-js and graphql-jit tell it. */
export interface FieldInfo {
  readonly path: FieldPath;
}

interface FieldPath {
  readonly prev: FieldPath | undefined;
  readonly key: string | number;
}

/** Where what a field loaded had to be taken from what is kept, since its service failed, the answer says so. */
export function noteStale(loaded: object | null, { request: { ledger } }: Context, info: FieldInfo | undefined): void {
  const ageMs = loaded === null ? undefined : ledger.staleAgeMs(loaded);
  if (ageMs === undefined || info === undefined) return;
  const path: (string | number)[] = [];
  for (let at: FieldPath | undefined = info.path; at; at = at.prev) path.unshift(at.key);
  ledger.staleParts.push({ path, ageMs });
}
