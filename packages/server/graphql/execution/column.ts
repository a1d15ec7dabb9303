import type { RequestContext } from '../../request/context.ts';
import { expiryOf } from '../../request/expiry.ts';
import { isInstance, toSafeError } from '../schema/guard.ts';

/** Values of a field, one for each of its parents. An Error stands for a value that could not be had. */
export type Column = readonly unknown[];

/** What `run` returns for each value, or the Error that it throws instead. */
export function attemptAll(values: Column, run: (value: unknown, index: number) => unknown): unknown[] {
  const results = new Array<unknown>(values.length);
  for (let index = 0; index < values.length; index += 1) {
    try {
      results[index] = run(values[index], index);
    } catch (thrown) {
      results[index] = toSafeError(thrown);
    }
  }
  return results;
}

/**
 * Replaces promises among values, and among the items of their lists, by what they resolve to or by the Error that they reject with. Never
 * throws, for any value that hand-written code returns. `depth` is the number of lists around each value.
 */
export function settledAll(values: Column, depth: number, request: RequestContext): Column | Promise<Column> {
  let hasPromises = false;
  // Array.from visits the holes of an array too.
  const settled = Array.from(values, (value) => {
    const each = settledValue(value, depth, request);
    if (isInstance(each, Promise)) hasPromises = true;
    return each;
  });
  return hasPromises ? Promise.all(settled) : settled;
}

function settledValue(value: unknown, depth: number, request: RequestContext): unknown {
  if (typeof value !== 'object' || value === null) return value;
  try {
    if (isThenable(value)) {
      return Promise.resolve(value)
        .then((inner) => settledValue(inner, depth, request))
        .catch(toSafeError);
    }
    if (depth === 0 || isError(value)) return value;
    if (Array.isArray(value)) return settledAll(value, depth - 1, request);
    return isIterable(value) ? settledAll(boundItems(value, request), depth - 1, request) : value;
  } catch (thrown) {
    return toSafeError(thrown);
  }
}

/** The items of an iterable that is no array. Its promises get the deadline here; the guard of the schema bounds all others. */
function boundItems(value: Iterable<unknown>, request: RequestContext): unknown[] {
  return Array.from(value, (item) =>
    typeof item === 'object' && item !== null && isThenable(item) ? expiryOf(request).bound(item, () => {}) : item,
  );
}

const isThenable = (value: object): value is PromiseLike<unknown> =>
  'then' in value && typeof value.then === 'function';

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;

/** Whether a value stands for an error. */
export function isError(value: unknown): value is Error {
  return typeof value === 'object' && isInstance(value, Error);
}

/** Reads a property of plain data. Properties of strings and of Object.prototype are ignored. */
export function propertyOf(parent: unknown, name: string): unknown {
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
    ? (parent as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
