import type { BatchDescription, ListDescription } from '../../downstream/endpoint.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import type { Context } from '../context.ts';
import { type Field, withPlan } from '../plan.ts';

type Endpoints = readonly (BatchDescription | ListDescription)[];

type Stated = {
  /** Properties of the parent that the resolver reads; none by default. */
  readonly reads?: readonly string[];
} & (
  | {
      /** Endpoints that it may call, each at most once, for whole rows; none by default. */
      readonly calls?: Endpoints;
      readonly callsOneOf?: never;
    }
  | {
      /** Endpoints of which it calls one at most, and that at most once, for whole rows. */
      readonly callsOneOf: Endpoints;
      readonly calls?: never;
    }
);

/** A resolver written by hand, which states what it reads and calls. */
export function resolver<Parent, Args, Result>(
  stated: Stated,
  resolve: (parent: Parent, args: Args, context: Context) => Result,
): Field<Parent, Args, Result> {
  const { reads = [], callsOneOf, calls: endpoints = callsOneOf ?? [] } = stated;
  const calls = endpoints.map((endpoint) => ({ endpoint, params: {}, reads: 'all' as const, rowAt: [] }));
  return withPlan(
    { reads, calls, ...(callsOneOf ? { callsOneOf: true } : {}), runs: 'resolver' },
    (parent: Parent, args: Args, context: Context, info?: FieldInfo) =>
      // Its own calls do not say whose they are, and hardly anybody wants to know.
      resolve(parent, args, context.request.ledger.trail ? { ...context, loaders: context.loaders.of(info) } : context),
  );
}

/** The parent of a screen's sections, and of all queries: there is nothing in it to read for them. */
export interface Screen {
  readonly isScreen: true;
}

/** Opens a screen: an object whose fields load for themselves, so that each can fail alone. */
export function screen(): Field<unknown, unknown, Screen> {
  return withPlan({ reads: [], calls: [], provides: [] }, () => SCREEN);
}

const SCREEN: Screen = { isScreen: true };
