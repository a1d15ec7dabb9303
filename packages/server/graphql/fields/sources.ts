import type { Context } from '../context.ts';
import { readerOf } from '../inherited.ts';
import type { Origin } from '../plan.ts';

/** Where a field takes a key or a parameter from. */
export interface Source<Parent, Args, Value> {
  readonly origin: Origin;
  readonly read: (parent: Parent, args: Args, context: Context) => Value;
}

/** A source of any parent, arguments and value. */
export type AnySource = Source<never, never, unknown>;

/** The possible values of a row's key or a call's parameter. */
export type Scalar = string | number | boolean | null | undefined;

/** The field's argument of this name. */
export function arg<const Name extends string>(name: Name): Source<unknown, { readonly [N in Name]: Scalar }, Scalar> {
  const read = readerOf(name);
  return { origin: { from: 'argument', name }, read: (_parent, args) => read(args) };
}

/** The parent's property of this name. */
export function parent<const Name extends string>(
  name: Name,
): Source<{ readonly [N in Name]: Scalar }, unknown, Scalar> {
  return { origin: { from: 'parent', name }, read: readerOf(name) };
}

/** The caller's own id. */
export const viewer: Source<unknown, unknown, string> = {
  origin: { from: 'viewer', name: '' },
  read: (_parent, _args, context) => context.request.identity.id,
};

/** A constant. */
export function always<Value extends string | number | boolean>(value: Value): Source<unknown, unknown, Value> {
  return { origin: { from: 'constant', name: '', value }, read: () => value };
}

/** The origin of a source that converts the value of another source. */
export function through({ origin }: AnySource, conversion: string): Origin {
  return { ...origin, through: [...(origin.through ?? []), conversion] };
}

/** The part of the parent that a source reads. A plain string is a property's name; that property may be missing. */
export type ParentOf<S> = S extends string
  ? { readonly [N in S]?: Scalar }
  : S extends Source<infer Parent, never, unknown>
    ? Parent
    : unknown;

/** The arguments that a source reads. */
export type ArgsOf<S> = S extends Source<never, infer Args, unknown> ? Args : unknown;

/** The properties of the parent that these origins name. */
export function parentReads(origins: readonly Origin[]): string[] {
  return origins.filter(({ from }) => from === 'parent').map(({ name }) => name);
}
