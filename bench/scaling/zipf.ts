/** Popularity by Zipf's law: of `count` things, the one of rank r (from 0) is wanted in proportion to 1 / (r + 1) ** exponent. */
export class Zipf {
  readonly count: number;
  /** The share of all wishes that goes to this rank and those before it. */
  readonly #cumulative: Float64Array;
  /** The first rank of each of `count` equal parts of all wishes: a draw has to look no further than to the next one's. */
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

  /** The share of all wishes that goes to this rank. */
  shareOf(rank: number): number {
    return this.#upTo(rank) - this.#upTo(rank - 1);
  }

  /** The rank that a random number from 0 up to 1 stands for. */
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
