import type { Send } from './call.ts';
import type { Endpoint } from './endpoint.ts';

/** An array in a service's rows that was longer than its OpenAPI document allows. */
export interface Cut {
  readonly service: string;
  readonly endpoint: string;
  /** Property names from the answer down to the array, with dots in between. */
  readonly place: string;
  /** maxItems of the document. */
  readonly most: number;
}

interface Bound {
  readonly place: string;
  readonly names: readonly string[];
  readonly most: number;
}

/**
 * The layer that truncates arrays within rows to the maxItems of the OpenAPI document, because the bound of calls relies on it.
 * The list of rows itself is left alone: `askPage` truncates pages, and a batch uses only the rows that it asked for.
 */
export function cutArrays(send: Send, onCut: (cut: Cut) => void): Send {
  return async (call, caller, record) => {
    const answer = await send(call, caller, record);
    const { service, name: endpoint } = call.endpoint;
    for (const { place, names, most } of boundsOf(call.endpoint)) {
      // The answer has just been parsed, and nothing else refers to it.
      if (cutAt(answer.json, names, most)) onCut({ service, endpoint, place, most });
    }
    return answer;
  };
}

const bounds = new WeakMap<Endpoint, readonly Bound[]>();

function boundsOf(endpoint: Endpoint): readonly Bound[] {
  const known = bounds.get(endpoint);
  if (known) return known;
  const { maxItems, rows } = endpoint;
  const found = Object.entries(maxItems)
    .filter(([place]) => place !== rows.path)
    .map(([place, most]) => ({ place, names: place === '' ? [] : place.split('.'), most }));
  bounds.set(endpoint, found);
  return found;
}

/** Arrays directly inside arrays that are followed: no real answer has more, and a deep one must not overflow the stack. */
const MAX_NESTED = 8;

/** Truncates the arrays at a place, in each item of the arrays that lead to it. Returns whether there was anything to truncate. */
function cutAt(value: unknown, names: readonly string[], most: number, depth = 0, nested = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const name = names[depth];
  if (Array.isArray(value)) {
    if (name !== undefined) {
      return nested < MAX_NESTED && value.map((item) => cutAt(item, names, most, depth, nested + 1)).includes(true);
    }
    if (value.length <= most) return false;
    value.length = most;
    return true;
  }
  if (name === undefined || !Object.hasOwn(value, name)) return false;
  return cutAt((value as Readonly<Record<string, unknown>>)[name], names, most, depth + 1);
}
