import { ServiceRejectedError } from '../../request/errors.ts';

/** A part of a batch: what came of its keys, or why nothing did. */
export type Part<T> =
  | { readonly keys: readonly string[]; readonly asked: T }
  | { readonly keys: readonly string[]; readonly error: Error };

/** Calls that one batch may cost beside its own: enough to find one bad key among a hundred. */
export const EXTRA_CALLS = 16;

/** What a service answers to a batch in which it cannot stand a key, or that is too large for it. */
const POISONED: ReadonlySet<number> = new Set([400, 404, 413, 414, 422, 431]);

/**
 * Asks for a batch, and where the service refuses it as such, for its halves side by side, and so on, so that a bad key
 * costs its own row and no other. A batch that is too long for one call is halved before it is sent. Rejects as `ask` does where
 * the batch is not cut.
 */
export function bisecting<T>(
  keys: readonly string[],
  ask: (keys: readonly string[]) => Promise<T>,
  isTooLong: (keys: readonly string[]) => boolean = () => false,
): Promise<readonly Part<T>[]> {
  let extra = EXTRA_CALLS;

  async function halvesOfPoisoned(some: readonly string[], error: unknown): Promise<readonly Part<T>[]> {
    const isPoisoned = error instanceof ServiceRejectedError && POISONED.has(error.status);
    if (!isPoisoned || some.length < 2 || extra < 2) throw error;
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
      // Two calls in place of this one.
      extra -= 1;
      return halvesOf(some);
    }
    return ask(some).then(
      (asked) => [{ keys: some, asked }],
      (error: unknown) => halvesOfPoisoned(some, error),
    );
  };

  const partsOrError = (some: readonly string[]): Promise<readonly Part<T>[]> =>
    partsOf(some).catch((error: unknown) => {
      if (error instanceof Error) return [{ keys: some, error }];
      throw error;
    });

  return partsOf(keys);
}
