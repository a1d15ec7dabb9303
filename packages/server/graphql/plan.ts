import type { GraphQLField } from 'graphql';
import type { ChosenBy } from '../downstream/batching/loaders.ts';
import type { BatchDescription, ListDescription } from '../downstream/endpoint.ts';
import type { Page } from '../downstream/row-shape.ts';
import type { FieldInfo } from '../request/field-path.ts';
import { isObject } from '../request/guards.ts';
import type { Context } from './context.ts';

/** A field as data: a resolver, with its plan in the field's extensions. `makeExecutableSchema` keeps both. */
export interface Field<Parent, Args, Result> {
  readonly resolve: (parent: Parent, args: Args, context: Context, info?: FieldInfo) => Result;
  readonly extensions: PlanExtensions;
}

/** One entry named after the library, as graphql-js recommends for extensions. */
export interface PlanExtensions {
  readonly facet: { readonly plan: Plan; readonly step?: Step | undefined };
}

type Read<Value> = (parent: unknown, args: unknown, context: Context) => Value;

/**
 * How the plan of an operation gets a field's values for all of its parents at once. A field without a step has its resolver called
 * for each parent.
 */
export type Step =
  /** The parent's property of this name, unchanged. */
  | { readonly kind: 'property'; readonly name: string }
  /** A value that is computed from the parent, synchronously and with the same result every time. */
  | { readonly kind: 'value'; readonly read: Read<unknown> }
  /** The row of an endpoint with this key. `convert` gets what the field returns of it; undefined: the row itself. */
  | {
      readonly kind: 'row';
      readonly endpoint: BatchDescription;
      readonly key: Read<unknown>;
      readonly chosenBy: ChosenBy;
      readonly convert: ((row: object, context: Context) => unknown) | undefined;
    }
  /** A page of an endpoint. `convert` gets what the field returns of it. */
  | {
      readonly kind: 'page';
      readonly load: (parent: unknown, args: unknown, context: Context, info: FieldInfo) => Promise<Page<unknown>>;
      readonly convert: (page: Page<unknown>) => unknown;
    }
  /** The resolver of the framework, called for each parent. Its objects are plain data, but it may return a promise. */
  | { readonly kind: 'framework' };

/** What a field reads and calls. Cost analysis, sparse fetching, impact and the docs use nothing else. */
export interface Plan {
  /** Properties of the parent that the field reads. */
  readonly reads: readonly string[];
  /** Full paths such as `shippingAddress.city`, when the field reads only parts of a property in `reads`. */
  readonly paths?: readonly string[];
  /** The field's value is the unchanged property in `reads`; the fields below it read parts of that property. */
  readonly passthrough?: boolean;
  readonly calls: readonly PlannedCall[];
  /** The field makes at most one of its `calls`. */
  readonly callsOneOf?: boolean;
  /** Properties of the object that the field creates, when that object is not a service's row. */
  readonly provides?: readonly string[];
  /**
   * Code of the client that the field runs: the conversion of a row, or a resolver, which may do anything. Undefined for a field that
   * is built from data alone; its values are rows as the services sent them.
   */
  readonly runs?: 'conversion' | 'resolver' | undefined;
}

/** A call that a field makes, as far as it is known before execution. */
export interface PlannedCall {
  readonly endpoint: BatchDescription | ListDescription;
  /** Origin of each parameter of a list. A batch has one entry, `key`. */
  readonly params: Readonly<Record<string, Origin>>;
  /** Properties of the row that the field itself reads. Undefined: the selection below the field decides. */
  readonly reads: readonly string[] | 'all' | undefined;
  /** As `Plan.paths`, for properties of the row. */
  readonly paths?: readonly string[] | undefined;
  /** As `Plan.passthrough`: the field's value is the one property of the row in `reads`. */
  readonly passthrough?: boolean | undefined;
  /** Names of the fields that lead from this field to the row. Empty: the field's value is the row. */
  readonly rowAt: readonly string[];
}

/** Where a key or a parameter of a call comes from. */
export interface Origin {
  readonly from: 'parent' | 'argument' | 'viewer' | 'constant';
  /** Name of the property or argument; empty for the viewer and for constants. */
  readonly name: string;
  /** The value of a constant. */
  readonly value?: string | number | boolean;
  /** Names of the conversions that are applied to the value. Origins with equal conversions yield equal values. */
  readonly through?: readonly string[];
}

/** A field as data. Without a `step`, the plan of an operation calls `resolve` for each parent. */
export function withPlan<Resolve>(plan: Plan, resolve: Resolve, step?: Step) {
  return { resolve, extensions: { facet: { plan, step } } } as const;
}

/** A field as data that computes its value from the parent, synchronously and without calls. */
export function withValue<Resolve extends (parent: never, args: never, context: Context) => unknown>(
  plan: Plan,
  read: Resolve,
) {
  return withPlan(plan, read, { kind: 'value', read: read as unknown as Read<unknown> });
}

/** How a plan gets the field's values; undefined for hand-written resolvers. */
export function stepOf({
  name,
  resolve,
  extensions,
}: Pick<GraphQLField<unknown, never>, 'name' | 'resolve' | 'extensions'>): Step | undefined {
  if (hasPlan(extensions)) return extensions.facet.step;
  return resolve ? undefined : { kind: 'property', name };
}

/**
 * The plan of a schema's field. A field without a resolver reads the property of its own name. The plan of an ordinary resolver is
 * unknown: undefined.
 */
export function planOf({
  name,
  resolve,
  extensions,
}: Pick<GraphQLField<unknown, never>, 'name' | 'resolve' | 'extensions'>): Plan | undefined {
  if (hasPlan(extensions)) return extensions.facet.plan;
  return resolve ? undefined : { reads: [name], passthrough: true, calls: [] };
}

/** The plan of an entry of a resolver map; undefined for an entry that is no field as data. */
export function planOfEntry(entry: unknown): Plan | undefined {
  const extensions = isObject(entry) ? entry['extensions'] : undefined;
  return isObject(extensions) && hasPlan(extensions) ? extensions.facet.plan : undefined;
}

function hasPlan(extensions: object): extensions is PlanExtensions {
  return 'facet' in extensions;
}
