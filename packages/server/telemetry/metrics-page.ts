import type { Registry } from 'prom-client';
import type { Collector } from './collector.ts';

/** What GET /metrics answers: the figures of all parts of a server, in Prometheus' text format. */
export class MetricsPage {
  readonly families: Collector[] = [];
  #registry: Promise<Registry> | undefined;

  /** Puts figures on the page; to be called before the page is asked for. */
  add(...families: readonly Collector[]): void {
    this.families.push(...families);
  }

  /** The page as it is now, and its media type. */
  async read(): Promise<{ readonly text: string; readonly contentType: string }> {
    // Loaded apart from the rest, so that a server without metrics does not have it.
    this.#registry ??= import('./registry.ts').then(({ createRegistry }) => createRegistry(this.families));
    const registry = await this.#registry;
    return { text: await registry.metrics(), contentType: registry.contentType };
  }
}
