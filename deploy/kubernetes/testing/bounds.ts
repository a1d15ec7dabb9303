import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IService } from 'kubernetes-models/v1/Service';
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

  // Pods that nobody may take away keep a node from ever being emptied.
  'a budget lets a pod go': (applied) =>
    ofKind<IPodDisruptionBudget>(applied, 'PodDisruptionBudget')
      .filter(({ spec }) => /^0+%?$/.test(String(spec?.maxUnavailable)) || spec?.minAvailable === '100%')
      .map(titleOf),

  'each port of a Service is there once': (applied) =>
    ofKind<IService>(applied, 'Service').flatMap((service) => {
      const ports = (service.spec?.ports ?? []).map(({ port, protocol = 'TCP' }) => `${port}/${protocol}`);
      return ports.filter((port, index) => ports.indexOf(port) !== index).map((port) => `${titleOf(service)}: ${port}`);
    }),

  // What is left out, or empty, is everybody and everything.
  'a policy says who, where, and both ways': (applied) =>
    ofKind<INetworkPolicy>(applied, 'NetworkPolicy').flatMap((policy) => {
      const { ingress = [], egress = [], policyTypes = [] } = policy.spec ?? {};
      const rules = [
        ...ingress.map(({ from, ports }, index) => ({ place: `ingress.${index}`, peers: from, ports })),
        ...egress.map(({ to, ports }, index) => ({ place: `egress.${index}`, peers: to, ports })),
      ];
      const isOpen = ({ peers = [], ports = [] }: (typeof rules)[number]) =>
        peers.length === 0 ||
        ports.length === 0 ||
        ports.some(({ port }) => port === undefined) ||
        peers.some(
          ({ ipBlock, ...peer }) =>
            ipBlock?.cidr.endsWith('/0') || [peer.namespaceSelector, peer.podSelector].some(selectsAll),
        );
      const ways = (['Ingress', 'Egress'] as const).filter((way) => !policyTypes.includes(way));
      return [...ways, ...rules.filter(isOpen).map(({ place }) => place)].map((open) => `${titleOf(policy)}: ${open}`);
    }),

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

/** A selector that is there and asks for nothing. */
function selectsAll(
  selector: { readonly matchLabels?: object; readonly matchExpressions?: object[] } | undefined,
): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return selector !== undefined && Object.keys(matchLabels).length + matchExpressions.length === 0;
}
