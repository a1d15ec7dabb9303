const number = new Intl.NumberFormat('en-US');

export const count = (value: number): string => number.format(value);

/** Rounds to whole milliseconds from 10 ms, and to tenths below. */
export function milliseconds(value: number): string {
  return `${value < 10 ? Math.round(value * 10) / 10 : number.format(Math.round(value))} ms`;
}

export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  return `${value < 100_000 ? (value / 1_000).toFixed(1) : number.format(Math.round(value / 1_000))} kB`;
}

/** "1 call", "2 calls". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
