import type { Endpoint } from './endpoint.ts';

/** Properties of rows, sorted and with the row's key; undefined for all properties. */
export type Properties = readonly string[] | undefined;

/** Properties to ask for, by endpoint; all properties for an endpoint that is not in it. */
export type Selection = ReadonlyMap<Endpoint, readonly string[]>;

export const WHOLE_ROWS: Selection = new Map();

/** Adds the query parameter that limits rows to these properties, if the endpoint has one. */
export function sparsePath(path: string, endpoint: Endpoint, properties: Properties): string {
  if (endpoint.sparse === undefined || properties === undefined) return path;
  const separator = path.includes('?') ? '&' : '?';
  return `${path}${separator}${endpoint.sparse}=${joined(properties)}`;
}

// The array is the same object at every run of an operation.
const joinedTexts = new WeakMap<readonly string[], string>();

function joined(properties: readonly string[]): string {
  let text = joinedTexts.get(properties);
  if (text === undefined) {
    text = properties.map(encodeURIComponent).join(',');
    joinedTexts.set(properties, text);
  }
  return text;
}

/** Whether rows with the properties `available` have all those that are `required`. */
export function covers(available: Properties, required: Properties): boolean {
  if (available === undefined || available === required) return true;
  return required?.every((property) => available.includes(property)) ?? false;
}
