import { CombinedGraphQLErrors, type ErrorLike } from '@apollo/client';

/** Whether the answer has an error at this path or below it. What is null without one is not there, and did not fail. */
export function failedAt(error: ErrorLike | undefined, ...path: readonly string[]): boolean {
  if (!CombinedGraphQLErrors.is(error)) return error !== undefined;
  return error.errors.some((one) => path.every((step, index) => one.path?.[index] === step));
}
