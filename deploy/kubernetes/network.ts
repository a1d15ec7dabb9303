import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { INetworkPolicyEgressRule } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule';
import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer';
import { type Client, labelsOf, METRICS_PORT, metadataOf } from './client.ts';
import type { Environment, Pods } from './environments.ts';

const DNS: Pods = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };

/**
 * In: the gateway for requests, Prometheus for metrics. Out: DNS, the services that the client's fields ask, and the cache and
 * the collector where there are any. The kubelet's probes come from the pod's own node, which is always let in.
 */
export function networkPolicyOf(client: Client): NetworkPolicy {
  const { bff, services, environment } = client;
  const { gateway, prometheus, cache, collector } = environment;
  return new NetworkPolicy({
    metadata: metadataOf(client),
    spec: {
      podSelector: { matchLabels: labelsOf(client) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [peer(gateway)], ports: [{ protocol: 'TCP', port: bff.port }] },
        { from: [peer(prometheus)], ports: [{ protocol: 'TCP', port: METRICS_PORT }] },
      ],
      egress: [
        {
          to: [peer(DNS)],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
        ...services.map((name) => environment.service(name)).map((service) => to(service, portOf(service.url))),
        ...(cache ? [to(cache, cache.port)] : []),
        ...(collector ? [to(collector, portOf(collector.url))] : []),
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

function to(pods: Pods, port: number): INetworkPolicyEgressRule {
  return { to: [peer(pods)], ports: [{ protocol: 'TCP', port }] };
}

function peer({ namespace, labels }: Pods): INetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { ...labels } },
  };
}

/** The port that a connection to this address goes to. */
function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}
