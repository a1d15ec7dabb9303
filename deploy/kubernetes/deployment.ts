import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { ITopologySpreadConstraint } from 'kubernetes-models/v1/TopologySpreadConstraint';
import { type Client, labelsOf, METRICS_PORT, metadataOf } from './client.ts';
import { sizeOf } from './sizes.ts';
import { GRACE_SECONDS, PRE_STOP_SECONDS } from './stopping.ts';
import { variablesOf } from './variables.ts';

/** User and group of distroless' images called nonroot. */
const NOBODY = 65_532;

/** A client's pods. How many there are is the autoscaler's: a number here would undo its own at every release. */
export function deploymentOf(client: Client): Deployment {
  return new Deployment({
    metadata: metadataOf(client),
    spec: {
      selector: { matchLabels: labelsOf(client) },
      // A release never has fewer pods than there were, and goes on only while new ones stay ready.
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
          // It never asks Kubernetes anything.
          automountServiceAccountToken: false,
          // Kubernetes would add variables by the names of Services, such as USERS_PORT, beside our settings.
          enableServiceLinks: false,
          // The services' names are whole: with the default of 5 dots each would first be looked for in every search domain.
          dnsConfig: { options: [{ name: 'ndots', value: '2' }] },
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NOBODY,
            runAsGroup: NOBODY,
            fsGroup: NOBODY,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((key) =>
            spreadOver(key, client),
          ),
          containers: [containerOf(client)],
          // Node keeps compiled code there: a container that starts again in its pod starts faster.
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
    // There in half a second where it has a core for itself, and far from that on a node that starts many.
    startupProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 1, failureThreshold: 60 },
    // It says no only while starting and stopping. A late answer says that there is much to do, which fewer pods do not mend.
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'http' },
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
    // A loop that did not get to it for a minute never will; one that is merely busy sheds load by itself.
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

/** As even as can be had: a pod in a full zone is better than none. Those of each release are spread by themselves. */
function spreadOver(topologyKey: string, client: Client): ITopologySpreadConstraint {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labelsOf(client) },
    matchLabelKeys: ['pod-template-hash'],
  };
}
