/**
 * The steps before a server is ready. They load modules above all, so that no request waits for it. Loading blocks the event loop for up
 * to 100 ms, and requests that arrive meanwhile would be rejected as overload.
 */
export class WarmUp {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Runs the steps one after the other, so that health checks are answered in between. Rejects when a step rejects. */
  async run(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}

/** Creates a value on first use, once. After a failure, the next use tries again. */
export function lazily<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined;
  return () => {
    created ??= create().catch((error: unknown) => {
      created = undefined;
      throw error;
    });
    return created;
  };
}
