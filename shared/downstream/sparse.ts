import type { Endpoint } from './endpoint.ts';

/** Properties to ask for, sorted and with the row's key, per endpoint; whole rows of those that are not in it. */
export type Selection = ReadonlyMap<Endpoint, readonly string[]>;

export const WHOLE_ROWS: Selection = new Map();

/** The path with the query parameter by which the service cuts rows to what the operation reads. */
export function sparsePath(path: string, endpoint: Endpoint, selection: Selection): string {
  const properties = selection.get(endpoint);
  if (endpoint.sparse === undefined || properties === undefined) return path;
  const separator = path.includes('?') ? '&' : '?';
  return `${path}${separator}${endpoint.sparse}=${properties.map(encodeURIComponent).join(',')}`;
}
