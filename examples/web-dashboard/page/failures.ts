import type { CombinedError } from 'urql';

/** Whether the response has an error at or below this path. A null without an error is missing data, not a failure. */
export function failedAt(error: CombinedError | undefined, ...path: readonly string[]): boolean {
  if (error?.networkError) return true;
  return error?.graphQLErrors.some((one) => path.every((step, index) => one.path?.[index] === step)) ?? false;
}
