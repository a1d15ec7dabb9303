import type { TypeMeta } from '@kubernetes-models/base';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';

/** What is given to one cluster, all at once. */
export interface Applied {
  readonly objects: readonly TypeMeta[];
  /** Keys of secrets that somebody else makes, as NAME/KEY. */
  readonly secrets: readonly string[];
}

/** What an API server, or the cluster behind it, would say to that; nothing where all is well. */
export type Rule = (applied: Applied) => Iterable<string>;

interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
}

/** An object's own name and the namespace that it is in. */
export function metadataOf(object: TypeMeta): Metadata {
  return (object as { readonly metadata?: Metadata }).metadata ?? {};
}

/** How a complaint calls it. */
export const titleOf = (object: TypeMeta): string => `${object.kind} ${metadataOf(object).name}`;

export function ofKind<T extends TypeMeta>({ objects }: Applied, kind: T['kind']): T[] {
  return objects.filter((object): object is T => object.kind === kind);
}

/** The pods of a Deployment. */
export interface Pods {
  readonly deployment: IDeployment;
  readonly title: string;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Partial<IPodSpec>;
  readonly containers: readonly IContainer[];
}

export function podsIn(applied: Applied): Pods[] {
  return ofKind<IDeployment>(applied, 'Deployment').map((deployment) => {
    const { metadata, spec = {} } = deployment.spec?.template ?? {};
    const { containers = [], initContainers = [] } = spec as Partial<IPodSpec>;
    return {
      deployment,
      title: titleOf(deployment),
      namespace: metadataOf(deployment).namespace,
      labels: metadata?.labels ?? {},
      spec,
      containers: [...initContainers, ...containers],
    };
  });
}

/** Every value within an object, at whatever depth, with its path: `Deployment.spec.template.spec.containers.0.name`. */
export function* placesIn(value: unknown, path: string): Generator<readonly [path: string, value: unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) yield* placesIn(inner, `${path}.${name}`);
}
