import type { BatchDescription, ListDescription } from '../../downstream/endpoint.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import type { Context } from '../context.ts';
import { type Field, withPlan, withValue } from '../plan.ts';

type Endpoints = readonly (BatchDescription | ListDescription)[];

type Declared = {
  /** Properties of the parent that the resolver reads; none by default. */
  readonly reads?: readonly string[];
} & (
  | {
      /** Endpoints that the resolver calls for whole rows, each at most once; none by default. */
      readonly calls?: Endpoints;
      readonly callsOneOf?: never;
    }
  | {
      /** Endpoints of which the resolver calls at most one, once, for whole rows. */
      readonly callsOneOf: Endpoints;
      readonly calls?: never;
    }
);

/** A hand-written resolver that declares what it reads and calls. An ordinary resolver declares nothing. */
export function resolver<Parent, Args, Result>(
  declared: Declared,
  resolve: (parent: Parent, args: Args, context: Context) => Result,
): Field<Parent, Args, Result> {
  const { reads = [], callsOneOf, calls: endpoints = callsOneOf ?? [] } = declared;
  const calls = endpoints.map((endpoint) => ({ endpoint, params: {}, reads: 'all' as const, rowAt: [] }));
  return withPlan(
    { reads, calls, ...(callsOneOf ? { callsOneOf: true } : {}), runs: 'resolver' },
    (parent: Parent, args: Args, context: Context, info?: FieldInfo) =>
      // Loaders that know the field are only needed when the request is traced.
      resolve(parent, args, context.request.ledger.trace ? { ...context, loaders: context.loaders.of(info) } : context),
  );
}

/** The parent of a screen's sections and of all queries. Its fields can read nothing from it. */
export interface Screen {
  readonly isScreen: true;
}

/** Opens a screen: an object whose fields load their own data, so that each section can fail alone. */
export function screen(): Field<unknown, unknown, Screen> {
  return withValue({ reads: [], calls: [], provides: [] }, () => SCREEN);
}

const SCREEN: Screen = { isScreen: true };
