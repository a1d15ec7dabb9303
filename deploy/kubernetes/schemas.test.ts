import { fileURLToPath } from 'node:url';
import { complaintsOf } from '@facet/testing/internal/complaints.ts';
import { setAt } from '@facet/testing/internal/set-at.ts';
import { describe, expect, test } from '@jest/globals';
import type { TypeMeta } from '@kubernetes-models/base';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import { ENVIRONMENTS } from './environments.ts';
import { documentsIn, manifestsIn } from './testing/manifests.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const KINDS: readonly { readonly kind: string; readonly prototype: { validate(): void } }[] = [
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
];

/** Throws where it does not fit Kubernetes' schema of its kind. */
function validate(document: TypeMeta): void {
  const kind = KINDS.find((one) => one.kind === document.kind);
  if (!kind) throw new Error(`Nobody knows the kind ${document.kind}.`);
  kind.prototype.validate.call(document);
}

const LIMITS = 'spec.template.spec.containers.0.resources.limits';
type Planting = (path: string, value: unknown) => void;

describe('the schemas of Kubernetes', () => {
  const all = ENVIRONMENTS.flatMap(({ name }) =>
    manifestsIn(name).flatMap((file) =>
      documentsIn(name, file).map((document) => ({ title: `${name}/${file} ${document.kind}`, document })),
    ),
  );

  test.each(all)('accept $title', ({ document }) => {
    validate(document);
  });

  test.each<[string, string, (path: Planting) => void, string]>([
    ['a text for a number', 'Deployment', (at) => at('spec.minReadySeconds', 'five'), 'minReadySeconds'],
    ['no selector', 'Deployment', (at) => at('spec.selector', undefined), 'selector'],
    ['a container without a name', 'Deployment', (at) => at('spec.template.spec.containers.0.name', undefined), 'name'],
    ['no such protocol', 'NetworkPolicy', (at) => at('spec.ingress.0.ports.0.protocol', 'HTTP'), 'protocol'],
    ['no such type', 'NetworkPolicy', (at) => at('spec.policyTypes.1', 'Outgress'), 'policyTypes'],
    ['a number that is none', 'HorizontalPodAutoscaler', (at) => at('spec.maxReplicas', '60'), 'maxReplicas'],
    ['a size that is none', 'Deployment', (at) => at(`${LIMITS}.memory`, '512 MB'), 'memory'],
    ['another version', 'PodDisruptionBudget', (at) => at('apiVersion', 'policy/v1beta1'), 'apiVersion'],
  ])('find %s in a %s', (_, kind, plant, place) => {
    const document = documentsIn('production', 'web').find((one) => one.kind === kind);
    plant((path, value) => setAt(document, path, value));
    expect(() => document && validate(document)).toThrow(place);
  });

  test('let the compiler find misspelt properties', () => {
    const file = `${ROOT}deploy/kubernetes/planted.ts`;
    const text = `
      import type { IContainer } from 'kubernetes-models/v1/Container';
      export const container: IContainer = { name: 'web', readinesProbe: {} };`;
    expect(complaintsOf(new Map([[file, text]]))).toEqual([[expect.stringMatching(/readinesProbe.*does not exist/)]]);
  });
});
