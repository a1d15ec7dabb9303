import { CombinedGraphQLErrors, type ErrorLike } from '@apollo/client';

/** Whether the response has an error at or below this path. A null without an error is missing data, not a failure. */
export function failedAt(error: ErrorLike | undefined, ...path: readonly string[]): boolean {
  if (!CombinedGraphQLErrors.is(error)) return error !== undefined;
  return error.errors.some((one) => path.every((step, index) => one.path?.[index] === step));
}
