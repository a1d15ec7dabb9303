import { variable } from '@facet/server/internal/http/settings/services.ts';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import { type Client, METRICS_PORT } from './client.ts';
import { sizeOf } from './sizes.ts';
import { DRAIN_MS } from './stopping.ts';

/** The environment of a client's server: what is not here has its default. */
export function variablesOf(client: Client): IEnvVar[] {
  const { bff, services, environment } = client;
  const { cache, collector } = environment;
  return [
    { name: 'NODE_ENV', value: 'production' },
    { name: 'NODE_OPTIONS', value: `--max-old-space-size=${sizeOf(bff).heap}` },
    { name: 'PORT', value: String(bff.port) },
    { name: 'METRICS_PORT', value: String(METRICS_PORT) },
    { name: 'DRAIN_MS', value: String(DRAIN_MS) },
    ...identityOf(client),
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

function identityOf({ bff, environment: { identity } }: Client): IEnvVar[] {
  if (identity.by === 'header') return [{ name: 'TRUSTED_PROXIES', value: identity.trustedProxies.join(',') }];
  const { jwks, issuer, audience, claim } = identity;
  return [
    { name: 'IDENTITY', value: 'jwt' },
    { name: 'JWKS_URL', value: jwks.url },
    { name: 'JWT_ISSUER', value: issuer },
    { name: 'JWT_AUDIENCE', value: audience(bff.client) },
    ...(claim ? [{ name: 'JWT_CLAIM', value: claim(bff.client) }] : []),
  ];
}
