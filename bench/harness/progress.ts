/** Minimum time between two lines if standard error is not a terminal. */
const PAUSE_MS = 10_000;

let toldAt = Number.NEGATIVE_INFINITY;

/** Shows the current step in one line on standard error. On a terminal, each line overwrites the previous one. */
export function progress(step: string): void {
  const now = performance.now();
  const line = `${String(Math.round(now / 1_000)).padStart(4)} s  ${step}`;
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[K${line}`);
  } else if (now - toldAt >= PAUSE_MS) {
    toldAt = now;
    process.stderr.write(`${line}\n`);
  }
}

/** Clears the line before other output. */
export function progressDone(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
