/** Where the line cannot be written over, one is enough in this time. */
const PAUSE_MS = 10_000;

let toldAt = Number.NEGATIVE_INFINITY;

/** One line on standard error that says what goes on; on a terminal it is written over. */
export function progress(what: string): void {
  const now = performance.now();
  const line = `${String(Math.round(now / 1_000)).padStart(4)} s  ${what}`;
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[K${line}`);
  } else if (now - toldAt >= PAUSE_MS) {
    toldAt = now;
    process.stderr.write(`${line}\n`);
  }
}

/** Takes the line away before something else is printed. */
export function progressDone(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
