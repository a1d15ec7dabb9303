import { generateMersenne53Randomizer } from '@faker-js/faker';
import { Zipf } from './zipf.ts';

/** Requests for rows of a catalog, spread over the processes of one BFF. */
export interface Traffic {
  readonly processes: number;
  /** Requests a second to all of them together. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Different rows that a request needs. */
  readonly rows: number;
  /** Rows that there are. */
  readonly catalog: number;
  /** How uneven they are in demand: 0 for not at all. */
  readonly exponent: number;
  readonly seed: number;
}

export interface Request {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly process: number;
  /** Its rows, by their rank in demand. */
  readonly rows: readonly number[];
}

/** Requests at random moments (a Poisson process), each to any process: the same ones for the same traffic. */
export function* requestsOf({
  processes,
  perSecond,
  seconds,
  rows,
  catalog,
  exponent,
  seed,
}: Traffic): Generator<Request> {
  if (rows > catalog) throw new Error(`There are no ${rows} different rows among ${catalog}.`);
  if (perSecond === 0) return;
  const random = generateMersenne53Randomizer(seed);
  const zipf = new Zipf(catalog, exponent);
  const nextGap = () => (-Math.log(1 - random.next()) * 1_000) / perSecond;
  for (let at = nextGap(); at < seconds * 1_000; at += nextGap()) {
    const wanted = new Set<number>();
    while (wanted.size < rows) wanted.add(zipf.rankAt(random.next()));
    yield { at, process: Math.floor(random.next() * processes), rows: [...wanted] };
  }
}
