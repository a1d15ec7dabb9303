/** What one endpoint gave, and what of it was used. All but calls are bytes. */
export interface EndpointUse {
  readonly service: string;
  readonly endpoint: string;
  /** Calls that were made; what the cache had, or another request's call brought, is none. */
  calls: number;
  /** Bodies as they came, of all attempts. */
  bodyBytes: number;
  /** Of properties in rows, and of bodies that held none. */
  fetchedBytes: number;
  /** Of properties that the operation's fields read. */
  usedBytes: number;
  /** Of properties that are for a resolver that does not say what it reads; they are fetched, and may be used or not. */
  unstatedBytes: number;
  /** Of properties that nobody read, by their paths. */
  readonly unread: Map<string, number>;
}

export interface ScreenUse {
  /** The screen's name; AD_HOC for all operations that are not registered. */
  readonly screen: string;
  /** Responses that were looked at. */
  readonly responses: number;
  readonly endpoints: readonly EndpointUse[];
}

/** Paths that are told apart of what one endpoint gave; services choose their names, so that there may be any number. */
export const MAX_PATHS = 50;
const OTHERS = '(others)';

/**
 * How much of what screens fetch they use, added up since the start. It looks at the first response of a screen and at every
 * so many after it. Bounded: there are as many figures as registered screens have endpoints, and those of AD_HOC.
 */
export class OverfetchMeter {
  readonly #every: number;
  readonly #screens = new Map<string, { come: number; responses: number; endpoints: Map<string, EndpointUse> }>();

  /** Looks at one response in so many of each screen; at none where it is 0. */
  constructor(every: number) {
    this.#every = every;
  }

  /** Whether this response of a screen, which has just come, is one to look at. */
  isDue(screen: string): boolean {
    if (this.#every === 0) return false;
    const known = this.#of(screen);
    known.come += 1;
    return known.come % this.#every === 1 % this.#every;
  }

  /** Adds what a response used. */
  add(screen: string, uses: Iterable<EndpointUse>): void {
    const known = this.#of(screen);
    known.responses += 1;
    for (const use of uses) addUse(known.endpoints, use);
  }

  get screens(): ScreenUse[] {
    return Array.from(this.#screens, ([screen, { responses, endpoints }]) => ({
      screen,
      responses,
      endpoints: [...endpoints.values()],
    }));
  }

  #of(screen: string) {
    let known = this.#screens.get(screen);
    if (!known) {
      known = { come: 0, responses: 0, endpoints: new Map() };
      this.#screens.set(screen, known);
    }
    return known;
  }
}

/** The share of the fetched bytes that was used, of those of which it is known; undefined where there are none. */
export function usedShare(uses: readonly EndpointUse[]): number | undefined {
  let stated = 0;
  let used = 0;
  for (const { fetchedBytes, unstatedBytes, usedBytes } of uses) {
    stated += fetchedBytes - unstatedBytes;
    used += usedBytes;
  }
  return stated === 0 ? undefined : used / stated;
}

/** Adds to the figures of an endpoint, which are begun where there are none. */
export function addUse(endpoints: Map<string, EndpointUse>, use: EndpointUse): void {
  const key = `${use.service} ${use.endpoint}`;
  const sum = endpoints.get(key);
  if (!sum) {
    endpoints.set(key, { ...use, unread: new Map(use.unread) });
    return;
  }
  sum.calls += use.calls;
  sum.bodyBytes += use.bodyBytes;
  sum.fetchedBytes += use.fetchedBytes;
  sum.usedBytes += use.usedBytes;
  sum.unstatedBytes += use.unstatedBytes;
  for (const [path, bytes] of use.unread) addUnderName(sum.unread, path, bytes);
}

/** Adds bytes under a path, or under one for all others where there are MAX_PATHS already. */
export function addUnderName(sums: Map<string, number>, path: string, bytes: number): void {
  const name = sums.has(path) || sums.size < MAX_PATHS ? path : OTHERS;
  sums.set(name, (sums.get(name) ?? 0) + bytes);
}
