import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { type Client, labelsOf, metadataOf } from './client.ts';
import { BUSY_PERCENT } from './sizes.ts';

/** More pods by how busy they are. Twice as many within half a minute where it has to be, and one less a minute. */
export function autoscalerOf(client: Client): HorizontalPodAutoscaler {
  const { least, most } = client.environment.replicas;
  const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: BUSY_PERCENT } };
  return new HorizontalPodAutoscaler({
    metadata: metadataOf(client),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: client.bff.client },
      minReplicas: least,
      maxReplicas: most,
      metrics: [{ type: 'Resource', resource: cpu }],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 30 }] },
        scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
      },
    },
  });
}

/** Whoever empties nodes takes one pod at a time. One that is not ready never stands in the way of that. */
export function disruptionBudgetOf(client: Client): PodDisruptionBudget {
  return new PodDisruptionBudget({
    metadata: metadataOf(client),
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: labelsOf(client) },
    },
  });
}
