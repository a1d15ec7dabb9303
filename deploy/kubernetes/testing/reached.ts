import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';

/** Where a policy lets its pods out to, as `NAMESPACE/LABELS:PORT` or `NETWORK:PORT`. */
export function reachedBy(policy: INetworkPolicy): string[] {
  return (policy.spec?.egress ?? []).flatMap(({ to = [], ports = [] }) =>
    to.flatMap(({ ipBlock, namespaceSelector, podSelector }) => {
      const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name'];
      const end = ipBlock?.cidr ?? `${namespace}/${Object.values(podSelector?.matchLabels ?? {})}`;
      return ports.map(({ port }) => `${end}:${port}`);
    }),
  );
}
