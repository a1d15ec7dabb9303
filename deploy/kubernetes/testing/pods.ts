import { longestStopMs } from '@facet/server/internal/http/stop.ts';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import { type Applied, ofKind, type Pods, podsIn, type Rule } from './objects.ts';
import { quantityOf } from './quantity.ts';

/** What has to agree within a pod: pkg/apis/core/validation/validation.go, and what its server does. */
export const POD_RULES: Readonly<Record<string, Rule>> = {
  'each port of a pod has one name': eachPod(({ containers }) =>
    twice(containers.flatMap(({ ports = [] }) => ports.flatMap(({ name = [] }) => name))),
  ),

  'requests are within limits': eachContainer(({ resources: { requests = {}, limits = {} } = {} }) =>
    Object.keys(limits).filter((name) => Number(quantityOf(requests[name] ?? 0)) > Number(quantityOf(limits[name]))),
  ),

  'what is mounted is there, and what is there is mounted': eachPod(({ spec: { volumes = [] }, containers }) => {
    const there = volumes.map(({ name }) => name);
    const mounted = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
    return [...new Set(mounted).symmetricDifference(new Set(there)), ...twice(there)];
  }),

  'nothing is mounted in the place of something else': eachContainer(({ volumeMounts = [] }) =>
    twice(volumeMounts.map(({ mountPath }) => mountPath)),
  ),

  'a probe asks a port of its container': eachContainer((container) => {
    const { startupProbe, readinessProbe, livenessProbe, ports = [] } = container;
    const own = ports.flatMap(({ name, containerPort }) => [name, containerPort]);
    const asked = [startupProbe, readinessProbe, livenessProbe].flatMap((probe) => probe?.httpGet?.port ?? []);
    return asked.filter((port) => !own.includes(port)).map(String);
  }),

  'a probe has something to ask': eachContainer(({ startupProbe, readinessProbe, livenessProbe }) =>
    Object.entries({ startupProbe, readinessProbe, livenessProbe })
      .filter(([, probe]) => probe && !probe.httpGet && !probe.tcpSocket && !probe.exec && !probe.grpc)
      .map(([name]) => name),
  ),

  'pods are started again': eachPod(({ spec: { restartPolicy = 'Always' } }) =>
    restartPolicy === 'Always' ? [] : [restartPolicy],
  ),

  'a variable is there once': eachContainer(({ env = [] }) => twice(env.map(({ name }) => name))),

  'a variable has a value, or one place that it comes from': eachContainer(({ env = [] }) =>
    env
      .filter(({ value, valueFrom }) => valueFrom && (value || Object.keys(valueFrom).length !== 1))
      .map(({ name }) => name),
  ),

  'what a variable comes from is there': eachContainer(({ env = [] }, { namespace }, applied) => {
    const keys = [...applied.secrets, ...keysIn(applied, namespace)];
    return env
      .flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef ?? [])
      .map(({ name, key }) => `${name}/${key}`)
      .filter((place) => !keys.includes(place));
  }),

  'pods spread among their own': eachPod(({ spec: { topologySpreadConstraints = [] }, labels }) => [
    ...topologySpreadConstraints
      .filter(({ labelSelector, matchLabelKeys = [] }) => {
        const wanted = Object.entries(labelSelector?.matchLabels ?? {});
        const isOwn = wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
        return !isOwn || wanted.some(([name]) => matchLabelKeys.includes(name));
      })
      .map(({ topologyKey }) => topologyKey),
    ...twice(topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable }) => topologyKey + whenUnsatisfiable)),
  ]),

  // The API server looks at the sleep alone; that a server is not killed while it stops is up to whoever knows it.
  'there is time to stop': eachContainer(({ env = [], lifecycle }, { spec }) => {
    const drainMs = Number(env.find(({ name }) => name === 'DRAIN_MS')?.value);
    const neededMs = 1_000 * (lifecycle?.preStop?.sleep?.seconds ?? 0) + longestStopMs(drainMs);
    const graceMs = 1_000 * (spec.terminationGracePeriodSeconds ?? 30);
    return graceMs >= neededMs ? [] : [`${graceMs} ms for ${neededMs}`];
  }),
};

function eachPod(find: (pods: Pods, applied: Applied) => Iterable<string>): Rule {
  return (applied) =>
    podsIn(applied).flatMap((pods) => Array.from(find(pods, applied), (found) => `${pods.title}: ${found}`));
}

function eachContainer(find: (container: IContainer, pods: Pods, applied: Applied) => Iterable<string>): Rule {
  return eachPod((pods, applied) => pods.containers.flatMap((container) => [...find(container, pods, applied)]));
}

const twice = (names: readonly string[]): string[] => names.filter((name, index) => names.indexOf(name) !== index);

/** Keys of all config maps and secrets of a namespace, as NAME/KEY. */
function keysIn(applied: Applied, namespace: string | undefined): string[] {
  const secrets = ofKind<ISecret>(applied, 'Secret').map(({ metadata, data, stringData }) => ({
    metadata,
    data: { ...data, ...stringData },
  }));
  return [...ofKind<IConfigMap>(applied, 'ConfigMap'), ...secrets]
    .filter(({ metadata }) => metadata?.namespace === namespace)
    .flatMap(({ metadata, data }) => Object.keys(data ?? {}).map((key) => `${metadata?.name}/${key}`));
}
