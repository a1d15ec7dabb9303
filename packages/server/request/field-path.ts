/** What a field is told of where it stands in the answer, as graphql-js and graphql-jit tell it. */
export interface FieldInfo {
  readonly path: FieldPath;
  /** Where it is selected: the same array at every item of a list, and at no other place of the operation. */
  readonly fieldNodes?: readonly object[];
}

export interface FieldPath {
  readonly prev: FieldPath | undefined;
  readonly key: string | number;
}

/** Characters of a place that are kept: aliases may be of any length. */
const MAX_PLACE = 200;

// A compiled operation's arrays are the same at every run of it.
const places = new WeakMap<readonly object[], string>();

/** A field's place without the indexes of lists, one for all of its items: `dashboard.orders.items.product`. */
export function fieldPathOf({ path, fieldNodes }: FieldInfo): string {
  if (!fieldNodes) return joined(path);
  let place = places.get(fieldNodes);
  if (place === undefined) {
    place = joined(path);
    places.set(fieldNodes, place);
  }
  return place;
}

function joined(path: FieldPath): string {
  const names: string[] = [];
  for (let at: FieldPath | undefined = path; at; at = at.prev) if (typeof at.key === 'string') names.unshift(at.key);
  return names.join('.').slice(0, MAX_PLACE);
}
