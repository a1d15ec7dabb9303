import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import { variable } from '../../shared/server/service-settings.ts';
import { type Client, METRICS_PORT } from './client.ts';
import { sizeOf } from './sizes.ts';
import { DRAIN_MS } from './stopping.ts';

/** The environment of a client's server: what is not here has its default. */
export function variablesOf({ bff, services, environment }: Client): IEnvVar[] {
  const { gateway, cache, collector } = environment;
  return [
    { name: 'NODE_ENV', value: 'production' },
    { name: 'NODE_OPTIONS', value: `--max-old-space-size=${sizeOf(bff).heap}` },
    { name: 'PORT', value: String(bff.port) },
    { name: 'METRICS_PORT', value: String(METRICS_PORT) },
    { name: 'DRAIN_MS', value: String(DRAIN_MS) },
    { name: 'TRUSTED_PROXIES', value: gateway.network },
    ...services.map((name) => ({ name: variable(name, 'URL'), value: environment.service(name).url })),
    ...(cache
      ? [{ name: 'CACHE_URL', valueFrom: { secretKeyRef: { name: cache.secret, key: 'url', optional: true } } }]
      : []),
    ...(collector
      ? [
          { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: collector.url },
          { name: 'OTEL_TRACES_SAMPLER', value: 'parentbased_traceidratio' },
          { name: 'OTEL_TRACES_SAMPLER_ARG', value: String(collector.share) },
          { name: 'OTEL_RESOURCE_ATTRIBUTES', value: `deployment.environment.name=${environment.name}` },
        ]
      : []),
  ];
}
