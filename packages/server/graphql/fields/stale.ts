import type { FieldInfo, FieldPath } from '../../request/field-path.ts';
import type { Context } from '../context.ts';

/** Where what a field loaded had to be taken from what is kept, since its service failed, the answer says so. */
export function noteStale(loaded: object | null, { request: { ledger } }: Context, info: FieldInfo | undefined): void {
  const ageMs = loaded === null ? undefined : ledger.staleAgeMs(loaded);
  if (ageMs === undefined || info === undefined) return;
  const path: (string | number)[] = [];
  for (let at: FieldPath | undefined = info.path; at; at = at.prev) path.unshift(at.key);
  ledger.staleParts.push({ path, ageMs });
}
