import { variable } from '@facet/server/internal/http/settings/services.ts';
import { longestStopMs } from '@facet/server/internal/http/stop.ts';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { ITopologySpreadConstraint } from 'kubernetes-models/v1/TopologySpreadConstraint';
import { type Client, labelsOf, METRICS_PORT, metadataOf } from './client.ts';
import { sizeOf } from './sizes.ts';

/** User and group id of the distroless nonroot images. */
const NONROOT = 65_532;

/** A client's Deployment. It sets no replicas, because every release would override the autoscaler's number. */
export function deploymentOf(client: Client): Deployment {
  return new Deployment({
    metadata: metadataOf(client),
    spec: {
      selector: { matchLabels: labelsOf(client) },
      // A rollout keeps all old pods until new ones are ready, and stops if new pods do not stay ready.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      minReadySeconds: 5,
      progressDeadlineSeconds: 180,
      revisionHistoryLimit: 5,
      template: {
        metadata: {
          labels: labelsOf(client),
          annotations: { 'kubectl.kubernetes.io/default-container': client.bff.client },
        },
        spec: {
          // The BFF does not use the Kubernetes API.
          automountServiceAccountToken: false,
          // Service links would add variables such as USERS_PORT, which look like settings of the BFF.
          enableServiceLinks: false,
          // The services' names are fully qualified. With the default ndots of 5, each would first be resolved in every search domain.
          dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NONROOT,
            runAsGroup: NONROOT,
            fsGroup: NONROOT,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((key) =>
            spreadOver(key, client),
          ),
          containers: [containerOf(client)],
          // Node caches compiled code in /tmp, so that a restarted container starts faster.
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
        },
      },
    },
  });
}

function containerOf(client: Client): IContainer {
  const { bff, image, environment } = client;
  const memory = `${sizeOf(bff).memory}Mi`;
  return {
    name: bff.client,
    image,
    env: variablesOf(client),
    ports: [
      { name: 'http', containerPort: bff.port },
      { name: 'metrics', containerPort: METRICS_PORT },
    ],
    resources: { requests: { cpu: environment.cpu, memory }, limits: { memory } },
    // Start-up takes half a second on an idle core, and much longer on a node that starts many pods.
    startupProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1, failureThreshold: 60 },
    // /readyz fails only during start and stop. The timeout is long, because removing a slow pod would increase the load on the others.
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'http' },
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
    // Restart only after a minute: a busy event loop recovers by shedding load.
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'http' },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}

/** Spreads the pods of each release evenly, on a best-effort basis: a pod in a full zone is better than a pending one. */
function spreadOver(topologyKey: string, client: Client): ITopologySpreadConstraint {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labelsOf(client) },
    matchLabelKeys: ['pod-template-hash'],
  };
}

/** The environment variables of a client's BFF. All other settings have their defaults. */
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

/**
 * Delay before SIGTERM. A terminating pod is removed from its Service immediately, but the gateway needs time to notice. After SIGTERM,
 * each response closes its connection, which would cost a busy gateway a connection per request.
 */
export const PRE_STOP_SECONDS = 3;

/** How long the server accepts requests after SIGTERM, until the gateway's health checks see that /readyz fails. */
export const DRAIN_MS = 5_000;

const SPARE_SECONDS = 2;

/** When the kubelet kills the pod: later than the longest regular shutdown of the server. */
export const GRACE_SECONDS = PRE_STOP_SECONDS + Math.ceil(longestStopMs(DRAIN_MS) / 1_000) + SPARE_SECONDS;
