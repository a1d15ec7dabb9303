import type { Endpoint } from './endpoint.ts';

/** Properties of rows, sorted and with the row's key; undefined for whole rows. */
export type Properties = readonly string[] | undefined;

/** Properties to ask for, per endpoint; whole rows of those that are not in it. */
export type Selection = ReadonlyMap<Endpoint, readonly string[]>;

export const WHOLE_ROWS: Selection = new Map();

/** The path with the query parameter by which the service cuts rows to these properties. */
export function sparsePath(path: string, endpoint: Endpoint, properties: Properties): string {
  if (endpoint.sparse === undefined || properties === undefined) return path;
  const separator = path.includes('?') ? '&' : '?';
  return `${path}${separator}${endpoint.sparse}=${joined(properties)}`;
}

// An operation's properties are the same object at every run of it.
const joinedOnes = new WeakMap<readonly string[], string>();

function joined(properties: readonly string[]): string {
  let text = joinedOnes.get(properties);
  if (text === undefined) {
    text = properties.map(encodeURIComponent).join(',');
    joinedOnes.set(properties, text);
  }
  return text;
}

/** Whether rows with `had` hold everything that `wanted` names: a superset may answer, a subset may not. */
export function covers(had: Properties, wanted: Properties): boolean {
  if (had === undefined || had === wanted) return true;
  return wanted?.every((property) => had.includes(property)) ?? false;
}
