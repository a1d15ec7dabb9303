/** How long to do what, in milliseconds. */
export interface Effort {
  readonly warmUpMs: number;
  /** One rate on the way to the peak, and how much higher the next one is. */
  readonly stepMs: number;
  readonly factor: number;
  /** A part of the peak, before and after the overload. */
  readonly calmMs: number;
  readonly recoverMs: number;
  /** Twice the peak. */
  readonly overloadMs: number;
  /** Between two looks at the heap. */
  readonly heapEveryMs: number;
}

/** Ten minutes. */
export const FULL: Effort = {
  warmUpMs: 30_000,
  stepMs: 8_000,
  factor: 1.3,
  calmMs: 20_000,
  recoverMs: 20_000,
  overloadMs: 390_000,
  heapEveryMs: 10_000,
};

/** One minute. */
export const QUICK: Effort = {
  warmUpMs: 6_000,
  stepMs: 2_000,
  factor: 1.5,
  calmMs: 3_000,
  recoverMs: 7_000,
  overloadMs: 21_000,
  heapEveryMs: 2_000,
};
