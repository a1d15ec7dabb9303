/**
 * What a server does before it is ready, so that no request waits for it: modules to load, mostly. Loading keeps the event loop
 * busy, for a tenth of a second for some; requests that came meanwhile would be refused as overload.
 */
export class WarmUp {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Runs one step after the other, so that health checks are answered in between. Rejects where a step does. */
  async run(): Promise<void> {
    for (const step of this.#steps) await step();
  }
}
