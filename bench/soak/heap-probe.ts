/** Loaded into a server before its own code: asked by a message, it collects all garbage and says what is left. */

/** What is alive on the heap of a process, in bytes, and for how long finding out stopped it. */
export interface Heap {
  readonly usedBytes: number;
  readonly pausedMs: number;
}

process.on('message', () => {
  const startedAt = performance.now();
  globalThis.gc?.();
  const pausedMs = performance.now() - startedAt;
  process.send?.({ usedBytes: process.memoryUsage().heapUsed, pausedMs } satisfies Heap);
});
