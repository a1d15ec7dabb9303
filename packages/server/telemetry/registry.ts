import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Collector, Labels } from './collector.ts';
import { Histogram } from './collector.ts';

/**
 * Excluded default metrics: gauges with names of counters, which Prometheus' own check rejects, and the event loop lag since the last
 * scrape, which facet_event_loop_lag_seconds replaces.
 */
const EXCLUDED = /^nodejs_(active_\w+_total|eventloop_lag_\w*seconds)$/;

/**
 * Creates a registry with prom-client's metrics of the process and these collectors. The library's counters look up their labels at
 * every increment; ours are plain numbers until they are read here.
 */
export function createRegistry(collectors: readonly Collector[]): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) if (EXCLUDED.test(name)) registry.removeSingleMetric(name);
  // A registry only reads the values of its metrics, but its type requires the classes of the library.
  for (const collector of collectors) registry.registerMetric(asMetric(collector) as unknown as Metric);
  return registry;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

function asMetric(collector: Collector) {
  const { name, help, type } = collector;
  return { name, help, type, get: async () => ({ name, help, type, values: samplesOf(collector) }) };
}

function samplesOf(collector: Collector): Sample[] {
  return Array.from(collector.read(), ([labels, value]) =>
    value instanceof Histogram
      ? samplesOfHistogram(collector.name, labels, value)
      : { metricName: collector.name, labels, value },
  ).flat();
}

function samplesOfHistogram(name: string, labels: Labels, { bounds, counts, sum, count }: Histogram): Sample[] {
  let cumulative = 0;
  const buckets = bounds.map((le, index) => {
    cumulative += counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: cumulative };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
