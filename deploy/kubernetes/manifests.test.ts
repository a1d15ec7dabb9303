import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allClients, servicesOf } from '@facet/cli/internal/clients.ts';
import { describeSettings, readSettings } from '@facet/server/internal/http/settings/settings.ts';
import { longestStopMs } from '@facet/server/internal/http/stop.ts';
import { startBff } from '@facet/testing/internal/bff.ts';
import { findPromtool, NO_PROMTOOL } from '@facet/testing/internal/promtool.ts';
import { describe, expect, test } from '@jest/globals';
import type { TypeMeta } from '@kubernetes-models/base';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IService } from 'kubernetes-models/v1/Service';
import { ENVIRONMENTS, type Endpoint } from './environments.ts';
import { manifests } from './manifests.ts';
import { documentsIn, manifestsIn } from './testing/manifests.ts';
import { isNetwork } from './testing/network.ts';
import { reachedBy } from './testing/reached.ts';

const bffs = await allClients();
const places = ENVIRONMENTS.flatMap((environment) =>
  bffs.map((bff) => ({ name: environment.name, client: bff.client, environment, bff })),
);

/** What a cluster's secrets may say. */
const OUT_OF_A_SECRET: Readonly<Record<string, string>> = { CACHE_URL: 'redis://:password@valkey.cache:6379' };

/** Node reads the first two itself; the others are settings of parts that a server may lack. */
const NOT_SETTINGS = ['NODE_ENV', 'NODE_OPTIONS'];

test('every environment has a file per client and one for its namespace', () => {
  for (const { name } of ENVIRONMENTS) {
    expect(manifestsIn(name).sort()).toEqual(['namespace', ...bffs.map(({ client }) => client)].sort());
  }
});

test('a pushed image replaces only the default image of its client and environment', () => {
  const image = `registry.example.com/facet-web@sha256:${'0'.repeat(64)}`;
  const contents = manifests(bffs, { production: { web: image } }).filter(({ content }) => content.includes(image));
  expect(contents.map(({ path }) => path)).toEqual(['deploy/kubernetes/production/web.generated.yaml']);
  expect(contents[0]?.content).not.toContain('facet-web:');
});

describe.each(places)('$client in $name', ({ client, environment, bff }) => {
  const found = <T extends TypeMeta>(kind: T['kind']) =>
    documentsIn(environment.name, client).find((document) => document.kind === kind) as T;
  const pod = found<IDeployment>('Deployment').spec?.template.spec;
  const [container] = pod?.containers ?? [];
  const variables = Object.fromEntries(
    (container?.env ?? []).map(({ name, value }) => [name, value ?? OUT_OF_A_SECRET[name]]),
  );
  const settings = readSettings(variables, bff);
  const portCalled = (wanted: string) => container?.ports?.find(({ name }) => name === wanted)?.containerPort;

  test('the server accepts all environment variables', () => {
    expect(settings).toMatchObject({ port: bff.port, developing: false, sandbox: false });
    const known = Array.from(describeSettings(variables, bff).matchAll(/^ {2}(\w+) /gm), ([, name]) => name);
    const unknown = Object.keys(variables).filter((name) => !known.includes(name));
    expect(unknown.filter((name) => !NOT_SETTINGS.includes(name))).toEqual([]);
  });

  test('pod, service and policy use the server’s ports', () => {
    expect(portCalled('http')).toBe(settings.port);
    expect(portCalled('metrics')).toBe(settings.metricsPort);
    const service = found<IService>('Service').spec;
    expect(service?.ports).toEqual([expect.objectContaining({ port: settings.port, targetPort: 'http' })]);
    const ingress = found<INetworkPolicy>('NetworkPolicy').spec?.ingress ?? [];
    expect(ingress.map(({ from, ports }) => [namespacesOf(from), ports?.map(({ port }) => port)])).toEqual([
      [[environment.gateway.namespace], [settings.port]],
      [[environment.prometheus.namespace], [settings.metricsPort]],
    ]);
  });

  test('egress is limited to the called services and the infrastructure', () => {
    const { identity, cache, collector } = environment;
    const asked: Asked[] = [
      ...servicesOf(bff).map((name) => ({ place: environment.service(name), url: settings.services[name]?.url })),
      ...(identity.by === 'jwt' ? [{ place: identity.jwks, url: variables['JWKS_URL'] }] : []),
      ...(cache ? [{ place: cache, url: OUT_OF_A_SECRET['CACHE_URL'] }] : []),
      ...(collector ? [{ place: collector, url: settings.tracing?.url }] : []),
    ];
    const expected = ['kube-system/kube-dns:53', 'kube-system/kube-dns:53', ...asked.flatMap(endsOf)];
    expect(reachedBy(found<INetworkPolicy>('NetworkPolicy')).sort()).toEqual(expected.sort());
    // The URLs lead to the namespaces that the policy opens.
    for (const { place, url } of asked) if ('namespace' in place) expect(place.namespace).toBe(namespaceIn(url));
  });

  test('identity is configured as in the environment', () => {
    const { identity } = environment;
    const networks = variables['TRUSTED_PROXIES']?.split(',') ?? [];
    expect(settings.identity.by).toBe(identity.by);
    expect(networks).toEqual(identity.by === 'header' ? identity.trustedProxies : []);
    expect(networks.filter((network) => !isNetwork(network) || Number(network.split('/')[1]) < 8)).toEqual([]);
  });

  test('the grace period exceeds the longest shutdown', () => {
    const preStopSeconds = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const longest = preStopSeconds + longestStopMs(settings.drainMs) / 1_000;
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(longest);
    expect(settings.drainMs).toBeGreaterThan(0);
  });

  test('the probes use existing routes', async () => {
    await using running = await startBff(bff, {});
    const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];
    for (const probe of probes) {
      expect(probe?.httpGet?.port).toBe('http');
      expect((await fetch(running.url + probe?.httpGet?.path)).status).toBe(200);
    }
    expect(probes.map((probe) => probe?.httpGet?.path)).toEqual(['/readyz', '/readyz', '/healthz']);
  });

  test('the container has minimal privileges', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod?.containers).toHaveLength(1);
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('a rollout keeps old pods until new ones are ready, and all selectors match the pods', () => {
    const deployment = found<IDeployment>('Deployment').spec;
    expect(deployment?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
    expect(deployment?.replicas).toBeUndefined();
    const autoscaler = found<IHorizontalPodAutoscaler>('HorizontalPodAutoscaler').spec;
    // With one alone, a budget of one would let the last one go.
    expect(autoscaler?.minReplicas).toBeGreaterThanOrEqual(2);
    const labels = deployment?.template.metadata?.labels;
    expect(deployment?.selector.matchLabels).toEqual(labels);
    expect(found<IService>('Service').spec?.selector).toEqual(labels);
    expect(found<INetworkPolicy>('NetworkPolicy').spec?.podSelector?.matchLabels).toEqual(labels);
    expect(found('PodDisruptionBudget')).toMatchObject({
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    });
  });

  test('the memory limit covers heap and cache', () => {
    const { requests, limits } = container?.resources ?? {};
    expect(limits).toEqual({ memory: requests?.['memory'] });
    const memory = Number(String(limits?.['memory']).replace('Mi', ''));
    const heap = Number(/--max-old-space-size=(\d+)/.exec(variables['NODE_OPTIONS'] ?? '')?.[1]);
    expect(heap).toBeLessThanOrEqual(memory / 2);
    expect(settings.entityCacheBytes / 1024 ** 2).toBeLessThanOrEqual(heap / 2);
  });
});

function namespacesOf(peers: readonly { namespaceSelector?: { matchLabels?: Record<string, string> } }[] = []) {
  return peers.map(({ namespaceSelector }) => namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name']);
}

interface Asked {
  readonly place: Endpoint & { readonly podPort?: number };
  /** As the server has it. */
  readonly url: string | undefined;
}

/** Where a policy should lead for that. */
function endsOf({ place, url = '' }: Asked): string[] {
  const { port, protocol } = new URL(url);
  const ends = 'networks' in place ? place.networks : [`${place.namespace}/${Object.values(place.labels)}`];
  return ends.map((end) => `${end}:${place.podPort ?? (port || (protocol === 'https:' ? 443 : 80))}`);
}

/** The namespace of a Service's host name, NAME.NAMESPACE with any suffix. */
function namespaceIn(url = ''): string | undefined {
  return new URL(url).hostname.split('.')[1];
}

test('Prometheus discovers the pods by their labels', () => {
  const text = readFileSync(new URL('../prometheus/kubernetes.yml', import.meta.url), 'utf8');
  for (const { namespace } of ENVIRONMENTS) expect(text).toMatch(new RegExp(`names: \\[.*\\b${namespace}\\b.*\\]`));
});

const promtool = findPromtool();
if (promtool === undefined) test.todo(NO_PROMTOOL);
else test('Prometheus can read how it finds them', () => configIsRead(promtool));

function configIsRead(ask: NonNullable<typeof promtool>): void {
  const text = readFileSync(new URL('../prometheus/kubernetes.yml', import.meta.url), 'utf8');
  // Debian's Prometheus is built without Kubernetes: it checks all but how the pods are found.
  const elsewhere = text
    .replace(/kubernetes_sd_configs:\n(?: {6}.*\n)+/, "static_configs: [{ targets: ['localhost:9400'] }]\n")
    .replace(/rule_files:\n.*\n/, '');
  const folder = mkdtempSync(join(tmpdir(), 'facet-prometheus-'));
  try {
    writeFileSync(join(folder, 'prometheus.yml'), elsewhere);
    expect(ask(['check', 'config', join(folder, 'prometheus.yml')])).toMatchObject({ exitCode: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
