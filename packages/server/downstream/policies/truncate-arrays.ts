import type { Policy } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';

/** An array in a service's rows that was longer than its OpenAPI document allows. */
export interface TruncatedArray {
  readonly service: string;
  readonly endpoint: string;
  /** Property names from the response's root to the array, separated by dots. */
  readonly path: string;
  readonly maxItems: number;
}

interface Bound {
  readonly path: string;
  readonly names: readonly string[];
  readonly maxItems: number;
}

/**
 * Truncates arrays within rows to the maxItems of the OpenAPI document, because the cost limit relies on it. The list of rows
 * itself is left alone: `fetchPage` truncates pages, and a batch uses only the rows that it asked for.
 */
export function truncateArrays(onTruncated: (array: TruncatedArray) => void): Policy {
  return (next) => async (call, caller, record) => {
    const answer = await next(call, caller, record);
    const { service, name: endpoint } = call.endpoint;
    for (const { path, names, maxItems } of boundsOf(call.endpoint)) {
      // The response has just been parsed, so that nothing else refers to it.
      if (truncateAt(answer.json, names, maxItems)) onTruncated({ service, endpoint, path, maxItems });
    }
    return answer;
  };
}

const bounds = new WeakMap<Endpoint, readonly Bound[]>();

function boundsOf(endpoint: Endpoint): readonly Bound[] {
  const known = bounds.get(endpoint);
  if (known) return known;
  const found = Object.entries(endpoint.maxItems)
    .filter(([path]) => path !== endpoint.rows.path)
    .map(([path, maxItems]) => ({ path, names: path === '' ? [] : path.split('.'), maxItems }));
  bounds.set(endpoint, found);
  return found;
}

/** Directly nested arrays that are followed. Real responses have fewer, and a deep one must not overflow the stack. */
const MAX_NESTED = 8;

/** Truncates the arrays at a path, in each item of the arrays that lead to it. Returns whether it truncated any. */
function truncateAt(value: unknown, names: readonly string[], maxItems: number, depth = 0, nested = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const name = names[depth];
  if (Array.isArray(value)) {
    if (name !== undefined) {
      if (nested >= MAX_NESTED) return false;
      return value.map((item) => truncateAt(item, names, maxItems, depth, nested + 1)).includes(true);
    }
    if (value.length <= maxItems) return false;
    value.length = maxItems;
    return true;
  }
  if (name === undefined || !Object.hasOwn(value, name)) return false;
  return truncateAt((value as Readonly<Record<string, unknown>>)[name], names, maxItems, depth + 1);
}
