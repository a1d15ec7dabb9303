import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyEgressRule } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import { type Client, labelsOf, METRICS_PORT, metadataOf } from './client.ts';
import type { Environment, Place, Pods, Server } from './environments.ts';

const DNS: Pods = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

/**
 * In: the gateway for requests, Prometheus for metrics. Out: DNS, the services that the client's fields ask, and the cache and
 * the collector and the issuer's keys where there are any. The kubelet's probes come from the pod's own node, which is always let in.
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

/** For whatever else is started there: nothing in and nothing out, until a policy says otherwise. */
export function denyAllIn({ namespace }: Environment): NetworkPolicy {
  return new NetworkPolicy({
    metadata: { name: 'deny-all', namespace },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
}

function toServer(server: Server): INetworkPolicyEgressRule {
  return to(server, server.podPort ?? portOf(server.url));
}

function to(place: Place, port: number): INetworkPolicyEgressRule {
  return { to: peers(place), ports: [{ protocol: 'TCP', port }] };
}

function peers(place: Place): INetworkPolicyPeer[] {
  if ('networks' in place) return place.networks.map((cidr) => ({ ipBlock: { cidr } }));
  const { namespace, labels } = place;
  return [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      podSelector: { matchLabels: { ...labels } },
    },
  ];
}

/** The port that a connection to this address goes to. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}
