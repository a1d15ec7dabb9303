import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { type Client, labelsOf, metadataOf } from './client.ts';
import { BUSY_PERCENT } from './sizes.ts';

/** Scales by CPU utilization: up to twice the pods per 30 s, and down by one pod per minute. */
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

/** Draining nodes evicts one pod at a time. Pods that are not ready do not block it. */
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
