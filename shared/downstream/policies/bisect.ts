import { ServiceRejectedError } from '../../request/errors.ts';

/** A part of a batch: what came of its keys, or why nothing did. */
export type Part<T> =
  | { readonly keys: readonly string[]; readonly asked: T }
  | { readonly keys: readonly string[]; readonly error: Error };

/** Calls that one batch may cost beside its own: enough to find one bad key among a hundred. */
export const EXTRA_CALLS = 16;

/** What a service answers to a batch in which it cannot stand a key, or that is too large for it. */
const POISONED: ReadonlySet<number> = new Set([400, 404, 413, 414, 422]);

/**
 * Asks for a batch, and where the service refuses it as such, for its halves side by side, and so on, so that a bad key
 * costs its own row and no other. Rejects as `ask` does where the batch is not cut.
 */
export function bisecting<T>(
  keys: readonly string[],
  ask: (keys: readonly string[]) => Promise<T>,
): Promise<readonly Part<T>[]> {
  let extra = EXTRA_CALLS;

  async function halvesOf(some: readonly string[], error: unknown): Promise<readonly Part<T>[]> {
    const isPoisoned = error instanceof ServiceRejectedError && POISONED.has(error.status);
    if (!isPoisoned || some.length < 2 || extra < 2) throw error;
    extra -= 2;
    const middle = Math.ceil(some.length / 2);
    const halves = await Promise.all([some.slice(0, middle), some.slice(middle)].map(partsOrError));
    return halves.flat();
  }

  const partsOf = (some: readonly string[]): Promise<readonly Part<T>[]> =>
    ask(some).then(
      (asked) => [{ keys: some, asked }],
      (error: unknown) => halvesOf(some, error),
    );

  const partsOrError = (some: readonly string[]): Promise<readonly Part<T>[]> =>
    partsOf(some).catch((error: unknown) => {
      if (error instanceof Error) return [{ keys: some, error }];
      throw error;
    });

  return partsOf(keys);
}
