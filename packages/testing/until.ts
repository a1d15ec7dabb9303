import { setTimeout as delay } from 'node:timers/promises';

/** Just less than a test may take (jest.config.ts), so that the message below is seen. */
const HANGS_MS = 240_000;

/** Resolves when the condition holds. Rejects when the test seems to hang. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + HANGS_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`The condition never came true: ${condition}`);
    await delay(5);
  }
}
