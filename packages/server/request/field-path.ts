/** Position of a field in the response, as graphql-js passes it to resolvers. */
export interface FieldInfo {
  readonly path: FieldPath;
  /** Its selections: the same array for all items of a list, and a different one for every other field of the operation. */
  readonly fieldNodes?: readonly object[];
}

export interface FieldPath {
  readonly prev: FieldPath | undefined;
  readonly key: string | number;
}

/** Longest path, in characters, because aliases may have any length. */
const MAX_PATH_LENGTH = 200;

// A compiled operation has the same arrays at every run.
const paths = new WeakMap<readonly object[], string>();

/** The path of a field without list indexes: `dashboard.orders.items.product`. */
export function fieldPathOf({ path, fieldNodes }: FieldInfo): string {
  if (!fieldNodes) return joined(path);
  let known = paths.get(fieldNodes);
  if (known === undefined) {
    known = joined(path);
    paths.set(fieldNodes, known);
  }
  return known;
}

function joined(path: FieldPath): string {
  const names: string[] = [];
  for (let at: FieldPath | undefined = path; at; at = at.prev) if (typeof at.key === 'string') names.unshift(at.key);
  return names.join('.').slice(0, MAX_PATH_LENGTH);
}
