import type { Effort } from './effort.ts';
import { goodput, lengthMs, perSecond } from './figures.ts';
import type { Slice } from './slice.ts';
import type { Hold, Stretch } from './stretch.ts';

/** The most that there was, a second, at any rate that was tried; complete answers have a peak of their own. */
export interface Peak {
  readonly steps: readonly Stretch[];
  readonly goodput: number;
  readonly whole: number;
}

const FIRST = 500;
const MOST_STEPS = 12;

/** Of an offered rate, the share that has to be answered for the next higher one to be tried. */
const ANSWERED = 0.8;

/** Rates about the peak that was found on the way up, as multiples of it. */
const AROUND = [0.9, 1, 1.1];

/** Offers more and more until the server does not keep up any more, then once more about the most that it did. */
export async function findPeak(hold: Hold, { stepMs, factor }: Effort, tell: (what: string) => void): Promise<Peak> {
  const steps: Stretch[] = [];
  const tryIt = async (rate: number) => {
    tell(`finding the peak: ${Math.round(rate)} requests a second`);
    const step = await hold(rate, stepMs);
    steps.push(step);
    return goodput(settled(step));
  };
  let rate = FIRST;
  while (steps.length < MOST_STEPS && (await tryIt(rate)) >= rate * ANSWERED) rate *= factor;
  const found = best(steps, goodput);
  for (const multiple of AROUND) await tryIt(found * multiple);
  return { steps, goodput: best(steps, goodput), whole: best(steps, (slices) => perSecond(slices, 'whole')) };
}

/** A step's slices without its first third, in which answers to the step before still come. */
export function settled({ slices }: Stretch): readonly Slice[] {
  const skipMs = lengthMs(slices) / 3;
  let ms = 0;
  return slices.filter(({ tookMs }) => {
    ms += tookMs;
    return ms > skipMs;
  });
}

const best = (steps: readonly Stretch[], figure: (slices: readonly Slice[]) => number): number =>
  Math.max(...steps.map((step) => figure(settled(step))));
