import type { TypeMeta } from '@kubernetes-models/base';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IService } from 'kubernetes-models/v1/Service';
import { type Applied, metadataOf, ofKind, type Pods, podsIn, type Rule, titleOf } from './objects.ts';

type Labels = Readonly<Record<string, string>>;

/** What has to agree between objects. The API server takes most of it as it is, and nothing works. */
export const REFERENCE_RULES: Readonly<Record<string, Rule>> = {
  'an object is there once': ({ objects }) => {
    const keys = objects.map((object) => `${titleOf(object)} in ${metadataOf(object).namespace}`);
    return keys.filter((key, index) => keys.indexOf(key) !== index);
  },

  'a namespace is there': (applied) => {
    const there = ofKind<INamespace>(applied, 'Namespace').map(({ metadata }) => metadata?.name);
    return applied.objects
      .filter((object) => object.kind !== 'Namespace' && !there.includes(metadataOf(object).namespace))
      .map((object) => `${titleOf(object)} in ${metadataOf(object).namespace}`);
  },

  'a Deployment selects its own pods, and no others': (applied) =>
    podsIn(applied).flatMap(({ deployment, title }) => {
      const selected = selectedBy(applied, deployment, deployment.spec?.selector.matchLabels);
      return selected.length === 1 && selected[0] === title ? [] : [`${title} selects ${listed(selected)}`];
    }),

  'a Service, a budget and a policy are about the pods of their name': (applied) =>
    selectorsIn(applied).flatMap(({ object, labels }) => {
      const selected = selectedBy(applied, object, labels);
      const own = `Deployment ${metadataOf(object).name}`;
      return selected.length === 1 && selected[0] === own ? [] : [`${titleOf(object)} selects ${listed(selected)}`];
    }),

  'a policy for all pods lets nothing in or out': (applied) =>
    ofKind<INetworkPolicy>(applied, 'NetworkPolicy')
      .filter((policy) => isForAll(policy) && (policy.spec?.ingress ?? policy.spec?.egress))
      .map(titleOf),

  'a Service leads to a port of its pods': (applied) =>
    ofKind<IService>(applied, 'Service').flatMap((service) => {
      const wanted = (service.spec?.ports ?? []).map(({ port, targetPort = port }) => targetPort);
      return notPortsOf(podsSelectedBy(applied, service, service.spec?.selector), wanted, service);
    }),

  'a policy opens ports that its pods have': (applied) =>
    ofKind<INetworkPolicy>(applied, 'NetworkPolicy').flatMap((policy) => {
      const opened = (policy.spec?.ingress ?? []).flatMap(({ ports = [] }) => ports.flatMap(({ port = [] }) => port));
      const pods = podsSelectedBy(applied, policy, policy.spec?.podSelector?.matchLabels);
      return notPortsOf(pods, opened, policy);
    }),

  'an autoscaler scales a Deployment that is there': (applied) =>
    ofKind<IHorizontalPodAutoscaler>(applied, 'HorizontalPodAutoscaler').flatMap((autoscaler) => {
      const { kind, name, apiVersion } = autoscaler.spec?.scaleTargetRef ?? {};
      const isThere = applied.objects.some(
        (object) =>
          object.kind === kind &&
          object.apiVersion === apiVersion &&
          metadataOf(object).name === name &&
          metadataOf(object).namespace === metadataOf(autoscaler).namespace,
      );
      return isThere ? [] : [`${titleOf(autoscaler)}: ${kind} ${name}`];
    }),
};

function selectorsIn(applied: Applied): { readonly object: TypeMeta; readonly labels: Labels | undefined }[] {
  const services = ofKind<IService>(applied, 'Service');
  const budgets = ofKind<IPodDisruptionBudget>(applied, 'PodDisruptionBudget');
  const policies = ofKind<INetworkPolicy>(applied, 'NetworkPolicy').filter((policy) => !isForAll(policy));
  return [
    ...services.map((object) => ({ object, labels: object.spec?.selector })),
    ...budgets.map((object) => ({ object, labels: object.spec?.selector?.matchLabels })),
    ...policies.map((object) => ({ object, labels: object.spec?.podSelector?.matchLabels })),
  ];
}

const isForAll = ({ spec }: INetworkPolicy): boolean => Object.keys(spec?.podSelector ?? {}).length === 0;

/** A selector without labels is for all pods. */
function podsSelectedBy(applied: Applied, object: TypeMeta, wanted: Labels = {}): Pods[] {
  return podsIn(applied).filter(
    ({ namespace, labels }) =>
      namespace === metadataOf(object).namespace &&
      Object.entries(wanted).every(([name, value]) => labels[name] === value),
  );
}

const selectedBy = (applied: Applied, object: TypeMeta, wanted: Labels | undefined): string[] =>
  podsSelectedBy(applied, object, wanted).map(({ title }) => title);

const listed = (titles: readonly string[]): string => titles.join(', ') || 'nothing';

function notPortsOf(pods: readonly Pods[], wanted: readonly (string | number)[], object: TypeMeta): string[] {
  return pods.flatMap(({ containers, title }) => {
    const ports = containers.flatMap((container) => container.ports ?? []);
    const own = ports.flatMap(({ name, containerPort }) => [name, containerPort]);
    return wanted.filter((port) => !own.includes(port)).map((port) => `${titleOf(object)}: ${port} of ${title}`);
  });
}
