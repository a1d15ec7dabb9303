import type { Registry } from 'prom-client';
import type { Collector } from './collector.ts';

/** The page of GET /metrics: all metrics of a server in Prometheus' text format. */
export class MetricsPage {
  readonly collectors: Collector[] = [];
  #registry: Promise<Registry> | undefined;

  /** Adds metrics to the page. Must be called before the first read. */
  add(...collectors: readonly Collector[]): void {
    this.collectors.push(...collectors);
  }

  /** Returns the current page and its media type. */
  async read(): Promise<{ readonly text: string; readonly contentType: string }> {
    // Loaded lazily, so that a server without metrics does not load prom-client.
    this.#registry ??= import('./registry.ts').then(({ createRegistry }) => createRegistry(this.collectors));
    const registry = await this.#registry;
    return { text: await registry.metrics(), contentType: registry.contentType };
  }
}
