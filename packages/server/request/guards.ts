import { ExactNumber } from './exact-json.ts';

/** Whether a parsed JSON value is an object: not null, not an array, and not an ExactNumber, which stands for a number. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}
