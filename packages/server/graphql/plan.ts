import type { GraphQLField } from 'graphql';
import type { BatchDescription, ListDescription } from '../downstream/endpoint.ts';
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
  readonly facet: { readonly plan: Plan };
}

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

export function withPlan<Resolve>(plan: Plan, resolve: Resolve) {
  return { resolve, extensions: { facet: { plan } } } as const;
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
