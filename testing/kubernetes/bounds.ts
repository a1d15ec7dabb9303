import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ofKind, podsIn, type Rule, titleOf } from './objects.ts';

/** What has to agree within one object: pkg/apis/{apps,autoscaling,networking,policy}/validation. */
export const BOUND_RULES: Readonly<Record<string, Rule>> = {
  'a rollout can go on': (applied) =>
    ofKind<IDeployment>(applied, 'Deployment')
      .filter(({ spec }) => {
        const { maxUnavailable = '25%', maxSurge = '25%' } = spec?.strategy?.rollingUpdate ?? {};
        return [maxUnavailable, maxSurge].every((share) => Number.parseInt(String(share), 10) === 0);
      })
      .map(titleOf),

  'a rollout waits for longer than a pod has to be ready': (applied) =>
    ofKind<IDeployment>(applied, 'Deployment')
      .filter(({ spec }) => (spec?.progressDeadlineSeconds ?? 600) <= (spec?.minReadySeconds ?? 0))
      .map(titleOf),

  'an autoscaler has one pod at least, and at most no fewer': (applied) =>
    ofKind<IHorizontalPodAutoscaler>(applied, 'HorizontalPodAutoscaler')
      .filter(({ spec }) => {
        const { minReplicas = 1, maxReplicas = 0 } = spec ?? {};
        return minReplicas < 1 || maxReplicas < minReplicas;
      })
      .map(titleOf),

  'an autoscaler looks back and ahead no longer than it may': (applied) =>
    ofKind<IHorizontalPodAutoscaler>(applied, 'HorizontalPodAutoscaler')
      .filter(({ spec }) => {
        const { scaleUp, scaleDown } = spec?.behavior ?? {};
        return [scaleUp, scaleDown].some((rules) => {
          const { stabilizationWindowSeconds = 0, policies = [] } = rules ?? {};
          const isBad = policies.some(({ periodSeconds: s, value }) => s < 1 || s > 1_800 || value < 1);
          return isBad || stabilizationWindowSeconds < 0 || stabilizationWindowSeconds > 3_600;
        });
      })
      .map(titleOf),

  // Utilization is a share of what pods ask for: without that an autoscaler says so, and does nothing.
  'what an autoscaler looks at is asked for': (applied) =>
    ofKind<IHorizontalPodAutoscaler>(applied, 'HorizontalPodAutoscaler').flatMap((autoscaler) => {
      const { scaleTargetRef, metrics = [] } = autoscaler.spec ?? {};
      const scaled = podsIn(applied).filter(({ deployment }) => deployment.metadata?.name === scaleTargetRef?.name);
      const names = metrics.flatMap(({ resource }) => (resource?.target.averageUtilization ? resource.name : []));
      return scaled
        .flatMap(({ containers }) => containers)
        .flatMap(({ resources }) => names.filter((name) => resources?.requests?.[name] === undefined))
        .map((name) => `${titleOf(autoscaler)}: ${name}`);
    }),

  'a budget counts those that are there, or those that are not': (applied) =>
    ofKind<IPodDisruptionBudget>(applied, 'PodDisruptionBudget')
      .filter(({ spec }) => spec?.minAvailable !== undefined && spec.maxUnavailable !== undefined)
      .map(titleOf),

  'the other end of a policy is pods or a network, and something': (applied) =>
    ofKind<INetworkPolicy>(applied, 'NetworkPolicy').flatMap((policy) =>
      [
        ...(policy.spec?.ingress ?? []).flatMap(({ from = [] }) => from),
        ...(policy.spec?.egress ?? []).flatMap(({ to = [] }) => to),
      ]
        .filter(({ ipBlock, ...pods }) => (ipBlock === undefined) === (Object.keys(pods).length === 0))
        .map((peer) => `${titleOf(policy)}: ${JSON.stringify(peer)}`),
    ),
};
