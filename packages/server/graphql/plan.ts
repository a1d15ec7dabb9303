import type { BatchDescription, ListDescription } from '../downstream/endpoint.ts';
import type { FieldInfo } from '../request/field-path.ts';
import type { Context } from './context.ts';

/** Where a key or a parameter of a call comes from. */
export interface Origin {
  readonly from: 'parent' | 'argument' | 'viewer' | 'constant';
  /** The property's or argument's name; '' for the viewer and for constants. */
  readonly name: string;
  /** Of a constant. */
  readonly value?: string | number | boolean;
  /** The conversions that the value goes through on its way; two origins with the same ones give the same value. */
  readonly through?: readonly string[];
}

/** A call that a field makes, as far as it is known before it runs. */
export interface PlannedCall {
  readonly endpoint: BatchDescription | ListDescription;
  /** Origin of each parameter of a list, or of the key of a row as `key`. */
  readonly params: Readonly<Record<string, Origin>>;
  /** Properties of the row that the field itself reads; undefined where the selection decides; or all of them. */
  readonly reads: readonly string[] | 'all' | undefined;
  /** As in Plan, of the row's properties. */
  readonly paths?: readonly string[] | undefined;
  /** As in Plan: the field's value is the one property of the row that it reads. */
  readonly passthrough?: boolean | undefined;
  /** Names of the fields from the calling one down to the row: none where the field itself is the row. */
  readonly rowAt: readonly string[];
}

/** What a field needs: all that analysis, sparse fetching and the docs know of it. */
export interface Plan {
  /** Properties of the parent that it reads. */
  readonly reads: readonly string[];
  /** Where it reads no more than parts of some of them, all that it reads, to the last name: `shippingAddress.city`. */
  readonly paths?: readonly string[];
  /** Its value is the one property that it reads, as it is: the fields below it read parts of that. */
  readonly passthrough?: boolean;
  readonly calls: readonly PlannedCall[];
  /** Properties of the object that it makes, where that is no row of a service. */
  readonly provides?: readonly string[];
  /**
   * Code of the client's own that it runs: a conversion of a row, or a resolver, which may do anything. Undefined where it is made of
   * data alone, so that its values are rows as the services sent them.
   */
  readonly runs?: 'conversion' | 'resolver' | undefined;
  /** Of its calls, it makes one at most. */
  readonly callsOneOf?: boolean;
}

/** A resolver that also carries its plan. */
export type Field<Parent, Args, Result> = ((
  parent: Parent,
  args: Args,
  context: Context,
  info?: FieldInfo,
) => Result) & {
  readonly plan: Plan;
};

export function withPlan<F>(plan: Plan, resolve: F): F & { readonly plan: Plan } {
  return Object.assign(resolve as F & object, { plan });
}

/**
 * The plan of a field. Without a resolver it reads the property of its own name; a resolver that states nothing has
 * none.
 */
export function planOf(resolve: object | null | undefined, name: string): Plan | undefined {
  if (!resolve) return { reads: [name], passthrough: true, calls: [] };
  return 'plan' in resolve ? (resolve.plan as Plan) : undefined;
}
