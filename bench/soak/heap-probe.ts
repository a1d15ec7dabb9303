/** Preloaded into the server: on a message, it runs the garbage collector and sends back the heap size. */

/** Live heap of a process in bytes, and how long the garbage collection paused it. */
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
