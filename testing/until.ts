import { setTimeout as delay } from 'node:timers/promises';

const LONGEST_MS = 10_000;

/** Resolves when the condition holds; rejects where it does not for ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`This never came true: ${condition}`);
    await delay(5);
  }
}
