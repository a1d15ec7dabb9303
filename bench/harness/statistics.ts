/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return (quantile(values, 0.5, Math.floor) + quantile(values, 0.5, Math.ceil)) / 2;
}

/** The quantile: the value that the given share of all values does not exceed. */
export function quantile(values: Iterable<number>, share: number, round = Math.round): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[round((sorted.length - 1) * share)] ?? Number.NaN;
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<T>(values: readonly T[]): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
