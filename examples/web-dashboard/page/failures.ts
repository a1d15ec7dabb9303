import type { CombinedError } from 'urql';

/**
 * Whether the answer has an error at this path or below it. A section that is null without one is not there, and did not
 * fail.
 */
export function failedAt(error: CombinedError | undefined, ...path: readonly string[]): boolean {
  if (error?.networkError) return true;
  return error?.graphQLErrors.some((one) => path.every((step, index) => one.path?.[index] === step)) ?? false;
}
