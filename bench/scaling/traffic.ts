import { generateMersenne53Randomizer } from '@faker-js/faker';

/** Requests for rows of a catalog, spread over the processes of one BFF. */
export interface Traffic {
  readonly processes: number;
  /** Requests per second to all processes together. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Distinct rows per request. */
  readonly rows: number;
  /** Number of existing rows. */
  readonly catalog: number;
  /** Zipf exponent of the rows' popularity; 0 for a uniform distribution. */
  readonly exponent: number;
  readonly seed: number;
}

export interface Request {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly process: number;
  /** Its rows, identified by popularity rank. */
  readonly rows: readonly number[];
}

/** Random requests (a Poisson process) to random processes. The seed determines the sequence. */
export function* requestsOf({
  processes,
  perSecond,
  seconds,
  rows,
  catalog,
  exponent,
  seed,
}: Traffic): Generator<Request> {
  if (rows > catalog) throw new Error(`A request needs ${rows} distinct rows, but the catalog has only ${catalog}.`);
  if (perSecond === 0) return;
  const random = generateMersenne53Randomizer(seed);
  const zipf = new Zipf(catalog, exponent);
  const nextGap = () => (-Math.log(1 - random.next()) * 1_000) / perSecond;
  for (let at = nextGap(); at < seconds * 1_000; at += nextGap()) {
    const ranks = new Set<number>();
    while (ranks.size < rows) ranks.add(zipf.rankAt(random.next()));
    yield { at, process: Math.floor(random.next() * processes), rows: [...ranks] };
  }
}

/** Zipf's law: of `count` items, the item of rank r (starting at 0) is requested in proportion to 1 / (r + 1) ** exponent. */
export class Zipf {
  readonly count: number;
  /** Cumulative share of requests up to each rank. */
  readonly #cumulative: Float64Array;
  /** First rank in each of `count` equal parts of the cumulative distribution. It limits the range of the binary search. */
  readonly #first: Uint32Array;

  constructor(count: number, exponent: number) {
    this.count = count;
    this.#cumulative = new Float64Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank += 1) {
      sum += (rank + 1) ** -exponent;
      this.#cumulative[rank] = sum;
    }
    for (let rank = 0; rank < count; rank += 1) this.#cumulative[rank] = this.#upTo(rank) / sum;
    this.#first = new Uint32Array(count + 1);
    for (let part = 0, rank = 0; part <= count; part += 1) {
      while (rank < count - 1 && this.#upTo(rank) <= part / count) rank += 1;
      this.#first[part] = rank;
    }
  }

  /** The share of requests for this rank. */
  shareOf(rank: number): number {
    return this.#upTo(rank) - this.#upTo(rank - 1);
  }

  /** The rank for a uniform random number from 0 to 1. */
  rankAt(random: number): number {
    const part = Math.floor(random * this.count);
    let low = this.#first[part] ?? 0;
    let high = this.#first[part + 1] ?? this.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#upTo(middle) > random) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #upTo(rank: number): number {
    return this.#cumulative[rank] ?? 0;
  }
}

/**
 * Rows per second that an unlimited cache loads when `perSecond` rows are requested at random times. A row requested l times per second
 * is loaded, stays fresh for T, and is loaded again at its next request, on average 1 / l later. This gives l / (1 + l T) loads per
 * second. Stale-while-revalidate does not change that rate.
 *
 * Processes with a shared cache load like a single cache: all copies of a row expire at the same time, and the first request
 * afterwards loads the row for all processes.
 */
export function loadsPerSecond(zipf: Zipf, perSecond: number, freshMs: number): number {
  let loads = 0;
  for (let rank = 0; rank < zipf.count; rank += 1) {
    const requested = zipf.shareOf(rank) * perSecond;
    loads += requested / (1 + (requested * freshMs) / 1_000);
  }
  return loads;
}
