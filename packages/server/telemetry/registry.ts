import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Collector, Labels } from './collector.ts';
import { Histogram } from './histogram.ts';

/**
 * Gauges that are called like counters, which Prometheus' own check does not let pass, and the event loop's lag, which says
 * since the last scrape what facet_event_loop_lag_seconds says of any time.
 */
const LEFT_OUT = /^nodejs_(active_\w+_total|eventloop_lag_\w*seconds)$/;

/**
 * The figures of the process, by prom-client, and these families. The library's own counters look their labels up at every
 * count; ours are plain numbers until they are read here.
 */
export function createRegistry(families: readonly Collector[]): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) if (LEFT_OUT.test(name)) registry.removeSingleMetric(name);
  // A registry asks its metrics for nothing but their values; the type wants the classes of the library.
  for (const family of families) registry.registerMetric(asMetric(family) as unknown as Metric);
  return registry;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

function asMetric(family: Collector) {
  const { name, help, type } = family;
  return { name, help, type, get: async () => ({ name, help, type, values: samplesOf(family) }) };
}

function samplesOf(family: Collector): Sample[] {
  return Array.from(family.read(), ([labels, value]) =>
    value instanceof Histogram
      ? samplesOfHistogram(family.name, labels, value)
      : { metricName: family.name, labels, value },
  ).flat();
}

function samplesOfHistogram(name: string, labels: Labels, { bounds, counts, sum, count }: Histogram): Sample[] {
  let below = 0;
  const buckets = bounds.map((le, index) => {
    below += counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
