import type { BatchDescription, ListDescription } from '../downstream/endpoint.ts';
import type { Context } from './context.ts';

/** Where a key or a parameter of a call comes from. */
export interface Origin {
  readonly from: 'parent' | 'argument' | 'viewer' | 'constant';
  /** The property's or argument's name; '' for the viewer and for constants. */
  readonly name: string;
}

/** A call that a field makes, as far as it is known before it runs. */
export interface PlannedCall {
  readonly endpoint: BatchDescription | ListDescription;
  /** Origin of each parameter of a list, or of the key of a row as `key`. */
  readonly params: Readonly<Record<string, Origin>>;
  /** Properties of the row that the field itself reads; undefined where the field's selection decides. */
  readonly reads: readonly string[] | undefined;
}

/** What a field needs: all that analysis, sparse fetching and the docs know of it. */
export interface Plan {
  /** Properties of the parent that it reads. */
  readonly reads: readonly string[];
  readonly calls: readonly PlannedCall[];
}

/** A resolver that also carries its plan. */
export type Field<Parent, Args, Result> = ((parent: Parent, args: Args, context: Context) => Result) & {
  readonly plan: Plan;
};

export function withPlan<F>(plan: Plan, resolve: F): F & { readonly plan: Plan } {
  return Object.assign(resolve as F & object, { plan });
}
