const KINDS = ['users', 'orders', 'products', 'promos'] as const;
type Kind = (typeof KINDS)[number];

/** Number of calls by first path segment. */
export type Calls = Record<Kind, number>;

export function createCounter() {
  let calls = none();
  return {
    count(url: string): void {
      const kind = KINDS.find((name) => url.startsWith(name, 1));
      if (kind) calls[kind] += 1;
    },
    /** Returns and resets the counts. */
    take(): Calls {
      const taken = calls;
      calls = none();
      return taken;
    },
  };
}

const none = (): Calls => ({ users: 0, orders: 0, products: 0, promos: 0 });
