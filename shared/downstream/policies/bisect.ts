import { ServiceRejectedError } from '../../request/errors.ts';

/** A part of a batch: what came of its keys, or why nothing did. */
export type Part<T> =
  | { readonly keys: readonly string[]; readonly asked: T }
  | { readonly keys: readonly string[]; readonly error: Error };

/** Calls that one batch may cost beside its own: enough to find one bad key among a hundred. */
const EXTRA_CALLS = 16;

/** What a service answers to a batch in which it cannot stand a key, or that is too large for it. */
const POISONED: ReadonlySet<number> = new Set([400, 404, 413, 414, 422]);

/**
 * Asks for a batch, and where the service refuses it as such, for its halves side by side, and so on, so that a bad key
 * costs its own row and no other. Rejects as `ask` does, where no part of the batch could be had.
 */
export async function bisecting<T>(
  keys: readonly string[],
  ask: (keys: readonly string[]) => Promise<T>,
): Promise<readonly Part<T>[]> {
  let extra = EXTRA_CALLS;

  async function partsOf(some: readonly string[]): Promise<readonly Part<T>[]> {
    try {
      return [{ keys: some, asked: await ask(some) }];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const isPoisoned = error instanceof ServiceRejectedError && POISONED.has(error.status);
      if (!isPoisoned || some.length < 2 || extra < 2) return [{ keys: some, error }];
      extra -= 2;
      const middle = Math.ceil(some.length / 2);
      const halves = await Promise.all([partsOf(some.slice(0, middle)), partsOf(some.slice(middle))]);
      return halves.flat();
    }
  }

  const parts = await partsOf(keys);
  const [only] = parts;
  if (parts.length === 1 && only && 'error' in only) throw only.error;
  return parts;
}
