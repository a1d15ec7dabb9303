import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyEgressRule } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import { Service } from 'kubernetes-models/v1/Service';
import { type Client, labelsOf, METRICS_PORT, metadataOf } from './client.ts';
import type { Endpoint, Environment, Pods, Server } from './environments.ts';

const DNS: Pods = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

/**
 * Ingress: requests from the gateway, scrapes from Prometheus. Egress: DNS, the services that the client's fields call, and the shared
 * cache, the trace collector and the issuer's keys if they are configured. Probes come from the pod's node, which is always allowed.
 */
export function networkPolicyOf(client: Client): NetworkPolicy {
  const { bff, services, environment } = client;
  const { gateway, prometheus, identity, cache, collector } = environment;
  return new NetworkPolicy({
    metadata: metadataOf(client),
    spec: {
      podSelector: { matchLabels: labelsOf(client) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: peers(gateway), ports: [{ protocol: 'TCP', port: bff.port }] },
        { from: peers(prometheus), ports: [{ protocol: 'TCP', port: METRICS_PORT }] },
      ],
      egress: [
        {
          to: peers(DNS),
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
        ...services.map((name) => toServer(environment.service(name))),
        ...(identity.by === 'jwt' ? [toServer(identity.jwks)] : []),
        ...(cache ? [to(cache, cache.podPort)] : []),
        ...(collector ? [toServer(collector)] : []),
      ],
    },
  });
}

/** Denies all traffic of pods without a policy of their own. */
export function denyAllIn({ namespace }: Environment): NetworkPolicy {
  return new NetworkPolicy({
    metadata: { name: 'deny-all', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
}

function toServer(server: Server): INetworkPolicyEgressRule {
  return to(server, server.podPort ?? portOf(server.url));
}

function to(target: Endpoint, port: number): INetworkPolicyEgressRule {
  return { to: peers(target), ports: [{ protocol: 'TCP', port }] };
}

function peers(target: Endpoint): INetworkPolicyPeer[] {
  if ('networks' in target) return target.networks.map((cidr) => ({ ipBlock: { cidr } }));
  const { namespace, labels } = target;
  return [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      podSelector: { matchLabels: { ...labels } },
    },
  ];
}

/** The port of a URL. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

/**
 * A headless Service: its DNS name resolves to all ready pods. The gateway balances, checks and retries over individual pods, which a
 * cluster IP would hide.
 */
export function serviceOf(client: Client): Service {
  return new Service({
    metadata: metadataOf(client),
    spec: {
      clusterIP: 'None',
      selector: labelsOf(client),
      ports: [{ name: 'http', port: client.bff.port, targetPort: 'http', appProtocol: 'http' }],
    },
  });
}
