import type { Collector } from './collector.ts';

/** What the responses of one endpoint contained, and how much of it was used. All values except calls are bytes. */
export interface EndpointUse {
  readonly service: string;
  readonly endpoint: string;
  /** Number of calls, without cache hits and coalesced calls. */
  calls: number;
  /** Received bodies of all attempts. */
  bodyBytes: number;
  /** Properties in rows, and bodies without rows. */
  fetchedBytes: number;
  /** Properties that fields of the operation read. */
  usedBytes: number;
  /** Properties for resolvers that do not declare what they read. They are fetched, and may or may not be used. */
  unstatedBytes: number;
  /** Unread properties by path. */
  readonly unread: Map<string, number>;
}

export interface ScreenUse {
  /** Name of the screen; AD_HOC for all ad-hoc operations. */
  readonly screen: string;
  /** Number of measured responses. */
  readonly responses: number;
  readonly endpoints: readonly EndpointUse[];
}

/** Most paths per endpoint, because services choose the property names. */
export const MAX_PATHS = 50;
const OTHERS = '(others)';

/**
 * Measures how much of the fetched data screens use, added up since the start. It measures the first response of each screen and
 * every nth after it. Its size is bounded by the registered screens and their endpoints.
 */
export class OverfetchMeter {
  readonly #every: number;
  readonly #screens = new Map<string, { seen: number; responses: number; endpoints: Map<string, EndpointUse> }>();

  /** Measures one in `every` responses of each screen; none if it is 0. */
  constructor(every: number) {
    this.#every = every;
  }

  /** Counts a response of a screen, and returns whether to measure it. */
  isDue(screen: string): boolean {
    if (this.#every === 0) return false;
    const known = this.#of(screen);
    known.seen += 1;
    return known.seen % this.#every === 1 % this.#every;
  }

  /** Adds the measurement of a response. */
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
      known = { seen: 0, responses: 0, endpoints: new Map() };
      this.#screens.set(screen, known);
    }
    return known;
  }
}

/** The used share of the fetched bytes whose use is known; undefined if there are none. */
export function usedShare(uses: readonly EndpointUse[]): number | undefined {
  let stated = 0;
  let used = 0;
  for (const { fetchedBytes, unstatedBytes, usedBytes } of uses) {
    stated += fetchedBytes - unstatedBytes;
    used += usedBytes;
  }
  return stated === 0 ? undefined : used / stated;
}

/** Adds to the sums of an endpoint. */
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

/** Adds bytes to a path, or to the sum of all others if there are MAX_PATHS already. */
export function addUnderName(sums: Map<string, number>, path: string, bytes: number): void {
  const name = sums.has(path) || sums.size < MAX_PATHS ? path : OTHERS;
  sums.set(name, (sums.get(name) ?? 0) + bytes);
}

/** Metrics of the measured responses. The overfetch is fetched minus used bytes: a ratio could not be added up. */
export function overfetchMetrics(meter: OverfetchMeter): Collector[] {
  const counter = (name: Collector['name'], help: string, bytes: (use: EndpointUse) => number): Collector => ({
    name,
    type: 'counter',
    help,
    labels: ['screen', 'service', 'endpoint'],
    read: () =>
      meter.screens.flatMap(({ screen, endpoints }) =>
        endpoints.map((use) => [{ screen, service: use.service, endpoint: use.endpoint }, bytes(use)] as const),
      ),
  });
  return [
    counter(
      'facet_measured_fetched_bytes_total',
      'Bytes of rows in measured responses of services, if the properties that are read of them are known.',
      ({ fetchedBytes, unstatedBytes }) => fetchedBytes - unstatedBytes,
    ),
    counter(
      'facet_measured_used_bytes_total',
      'Bytes of those rows that a field of the operation read.',
      ({ usedBytes }) => usedBytes,
    ),
  ];
}
