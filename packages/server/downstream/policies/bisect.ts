import { ServiceRejectedError } from '../../request/errors.ts';

/** A part of a batch: the result for its keys, or the error of its call. */
export type Part<T> =
  | { readonly keys: readonly string[]; readonly result: T }
  | { readonly keys: readonly string[]; readonly error: Error };

/** Most additional calls of one batch: enough to find one bad key among a hundred. */
export const EXTRA_CALLS = 16;

/** Statuses by which services refuse a batch because of one key, or because of its size. */
const REFUSED: ReadonlySet<number> = new Set([400, 404, 413, 414, 422, 431]);

/**
 * Fetches a batch. If the service refuses it, fetches its halves concurrently, and so on, so that a bad key fails only its own
 * row. A batch that is too long for one call is halved before it is sent. Rejects as `fetch` does when the batch is not split.
 */
export function bisecting<T>(
  keys: readonly string[],
  fetch: (keys: readonly string[]) => Promise<T>,
  isTooLong: (keys: readonly string[]) => boolean = () => false,
): Promise<readonly Part<T>[]> {
  let extra = EXTRA_CALLS;

  async function halvesIfRefused(some: readonly string[], error: unknown): Promise<readonly Part<T>[]> {
    const isRefused = error instanceof ServiceRejectedError && REFUSED.has(error.status);
    if (!isRefused || some.length < 2 || extra < 2) throw error;
    extra -= 2;
    return halvesOf(some);
  }

  async function halvesOf(some: readonly string[]): Promise<readonly Part<T>[]> {
    const middle = Math.ceil(some.length / 2);
    const halves = await Promise.all([some.slice(0, middle), some.slice(middle)].map(partsOrError));
    return halves.flat();
  }

  const partsOf = (some: readonly string[]): Promise<readonly Part<T>[]> => {
    if (some.length > 1 && extra > 0 && isTooLong(some)) {
      // Two calls replace this one.
      extra -= 1;
      return halvesOf(some);
    }
    return fetch(some).then(
      (result) => [{ keys: some, result }],
      (error: unknown) => halvesIfRefused(some, error),
    );
  };

  const partsOrError = (some: readonly string[]): Promise<readonly Part<T>[]> =>
    partsOf(some).catch((error: unknown) => {
      if (error instanceof Error) return [{ keys: some, error }];
      throw error;
    });

  return partsOf(keys);
}
