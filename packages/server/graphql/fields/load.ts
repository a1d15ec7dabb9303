import type { BatchEndpoint } from '../../downstream/endpoint.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import type { Context } from '../context.ts';
import { readerOf } from '../inherited.ts';
import { type Field, type Plan, type PlannedCall, withPlan } from '../plan.ts';
import { type AnySource, type ArgsOf, type ParentOf, parent, parentReads, type Source } from './sources.ts';
import { noteStale } from './stale.ts';

/** What to make of a loaded row: one of its properties, or a field whose parent it is; nothing for the row itself. */
type Conversion<Row> =
  | (keyof Row & string)
  | (((row: Row, args: object, context: Context) => unknown) & { readonly plan: Plan });

type Converted<Row, As> = As extends keyof Row
  ? Row[As]
  : As extends (...parameters: never[]) => infer Result
    ? Result
    : Row;

/** At once where the row is kept, else when it has come. */
type Loaded<Value> = Value | Promise<Value>;

/**
 * The row of an endpoint whose key is in the parent's property `key` (or comes from another source), or what `as` makes
 * of it. Null where the key is null or the service has no such row; an error where the key cannot be sent. All loads of one
 * tick go into one call.
 *
 *     product: load(products, 'productId')
 *     avatar: load(users, viewer, 'avatarUrl')
 *     greeting: load(users, viewer, text('Hi {firstName}'))
 */
export function load<
  Row,
  const Key extends string | AnySource,
  const As extends Conversion<NoInfer<Row>> | undefined = undefined,
>(
  endpoint: BatchEndpoint<Row>,
  key: Key,
  as?: As,
): Field<ParentOf<Key>, ArgsOf<Key>, Loaded<Converted<Row, As> | null>> {
  // The signature above is what callers are held to; inside, the conditional types cannot be followed.
  const source = (typeof key === 'string' ? parent(key) : key) as unknown as Source<
    unknown,
    unknown,
    string | number | null | undefined
  >;
  const chosenBy = source.origin.from === 'parent' ? 'service' : 'caller';
  const plan: Plan = {
    reads: parentReads([source.origin]),
    calls: [{ endpoint, params: { key: source.origin }, ...readsOf(as), rowAt: [] }],
    runs: typeof as === 'function' ? as.plan.runs : undefined,
  };
  const convert = converterOf<Row>(as);
  const made = (loaded: Row | null, context: Context, info: FieldInfo | undefined) => {
    noteStale(loaded as object | null, context, info);
    return (loaded === null ? null : convert(loaded, context)) as Converted<Row, As> | null;
  };
  return withPlan(plan, (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
    const value = source.read(row, args, context);
    if (value === null || value === undefined) return null;
    const loaded = context.loaders.load(endpoint, value, info, chosenBy);
    return loaded instanceof Promise ? loaded.then((each) => made(each, context, info)) : made(loaded, context, info);
  });
}

function readsOf<Row>(as: Conversion<Row> | undefined): Pick<PlannedCall, 'reads' | 'paths' | 'passthrough'> {
  if (typeof as === 'string') return { reads: [as], passthrough: true };
  return { reads: as?.plan.reads, paths: as?.plan.paths, passthrough: as?.plan.passthrough };
}

function converterOf<Row>(as: Conversion<Row> | undefined): (row: Row, context: Context) => unknown {
  if (as === undefined) return (row) => row;
  if (typeof as === 'string') return readerOf<string>(as) as (row: Row) => unknown;
  return (row, context) => as(row, {}, context);
}
