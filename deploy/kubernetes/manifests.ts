import { readFileSync } from 'node:fs';
import { servicesOf } from '@facet/cli/internal/clients.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { Model, TypeMeta } from '@kubernetes-models/base';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { stringify } from 'yaml';
import type { Client } from './client.ts';
import { deploymentOf } from './deployment.ts';
import { ENVIRONMENTS, type Environment } from './environments.ts';
import { denyAllIn, networkPolicyOf, serviceOf } from './network.ts';
import { autoscalerOf, disruptionBudgetOf } from './scaling.ts';

const ROOT = new URL('../../', import.meta.url);
const HEADER = '# Generated from deploy/kubernetes/ by npm run generate.\n';

/** Pushed images with their digests, by environment and client. */
type Images = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Release pipelines write this file. */
const pushedImages = (): Images => read('deploy/kubernetes/images.json');

/** The manifests of these clients: per environment, a file per client and one for the namespace. Throws if an object is invalid. */
export function manifests(
  bffs: readonly Bff[],
  images = pushedImages(),
  environments = ENVIRONMENTS,
): { readonly path: string; readonly content: string }[] {
  const { version } = read('package.json');
  return environments.flatMap((environment) => {
    const file = (name: string, models: readonly Model<TypeMeta>[]) => ({
      path: `deploy/kubernetes/${environment.name}/${name}.generated.yaml`,
      content: HEADER + models.map(yamlOf).join('---\n'),
    });
    return [
      file('namespace', [namespaceOf(environment), denyAllIn(environment)]),
      ...bffs.map((bff) => {
        const pushed = images[environment.name]?.[bff.client];
        const image = pushed ?? `${environment.registry}/facet-${bff.client}:${version}`;
        return file(bff.client, modelsOf({ bff, services: servicesOf(bff), image, environment }));
      }),
    ];
  });
}

function modelsOf(client: Client): Model<TypeMeta>[] {
  return [
    deploymentOf(client),
    serviceOf(client),
    autoscalerOf(client),
    disruptionBudgetOf(client),
    networkPolicyOf(client),
  ];
}

function read(path: string) {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
}

/** The namespace enforces the restricted pod security standard. */
function namespaceOf({ namespace }: Environment): Namespace {
  return new Namespace({
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
}

function yamlOf(model: Model<TypeMeta>): string {
  model.validate();
  // No YAML aliases, so that each part is readable on its own.
  return stringify(model.toJSON(), { aliasDuplicateObjects: false, lineWidth: 0 });
}
