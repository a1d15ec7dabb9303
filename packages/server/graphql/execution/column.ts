import { toSafeError } from '../schema/guard.ts';

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

/** Replaces promises among values, and among the items of their lists, by what they resolve to or by the Error that they reject with. */
export function settledAll(values: readonly unknown[], depth: number): Column | Promise<Column> {
  let hasPromises = false;
  const settled = values.map((value) => {
    const each = settledValue(value, depth);
    if (each instanceof Promise) hasPromises = true;
    return each;
  });
  return hasPromises ? Promise.all(settled) : settled;
}

function settledValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isThenable(value)) {
    return Promise.resolve(value)
      .then((inner) => settledValue(inner, depth))
      .catch(toSafeError);
  }
  if (depth === 0 || !isIterable(value)) return value;
  return settledAll(Array.isArray(value) ? value : Array.from(value), depth - 1);
}

const isThenable = (value: object): value is PromiseLike<unknown> =>
  'then' in value && typeof value.then === 'function';

const isIterable = (value: object): value is Iterable<unknown> => Symbol.iterator in value;
