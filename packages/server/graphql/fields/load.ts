import { InputError } from '../../command/input-error.ts';
import type { BatchEndpoint } from '../../downstream/endpoint.ts';
import type { FieldInfo, FieldPath } from '../../request/field-path.ts';
import type { Context } from '../context.ts';
import { readerOf } from '../inherited.ts';
import { type Field, type Plan, type PlanExtensions, type PlannedCall, withPlan } from '../plan.ts';
import { type AnySource, type ArgsOf, type ParentOf, parent, parentReads, type Source } from './sources.ts';

/** What the field returns of a loaded row: one of its properties, or the value of another field whose parent is the row. */
type Conversion<Row> =
  | (keyof Row & string)
  | {
      readonly resolve: (row: Row, args: object, context: Context) => unknown;
      readonly extensions: PlanExtensions;
    };

type Converted<Row, As> = As extends keyof Row
  ? Row[As]
  : As extends { readonly resolve: (...parameters: never[]) => infer Result }
    ? Result
    : Row;

/** A cached row is returned synchronously. */
type Loaded<Value> = Value | Promise<Value>;

/**
 * Loads the row of an endpoint by key. `key` is the name of a parent's property or another source; `as` converts the row. The field is
 * null when the key is null or the service has no such row. A key that cannot be sent is an error. All loads of one tick are one call.
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
  // The signature checks callers. TypeScript cannot resolve its conditional types inside the function.
  const source = (typeof key === 'string' ? parent(key) : key) as unknown as Source<
    unknown,
    unknown,
    string | number | null | undefined
  >;
  const chosenBy = source.origin.from === 'parent' ? 'service' : 'caller';
  if (typeof as === 'object' && as.extensions.facet.plan.calls.length > 0) {
    throw new InputError(
      `load(${endpoint.name}): a conversion cannot call services. Load in a field of the row's type instead.`,
    );
  }
  const plan: Plan = {
    reads: parentReads([source.origin]),
    calls: [{ endpoint, params: { key: source.origin }, ...readsOf(as), rowAt: [] }],
    runs: typeof as === 'object' ? as.extensions.facet.plan.runs : undefined,
  };
  const convert = converterOf<Row>(as);
  const convertLoaded = (loaded: Row | null, context: Context, info: FieldInfo | undefined) => {
    noteStale(loaded as object | null, context, info);
    return (loaded === null ? null : convert(loaded, context)) as Converted<Row, As> | null;
  };
  const resolve = (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
    const value = source.read(row, args, context);
    if (value === null || value === undefined) return null;
    const loaded = context.loaders.load(endpoint, value, info, chosenBy);
    return loaded instanceof Promise
      ? loaded.then((each) => convertLoaded(each, context, info))
      : convertLoaded(loaded, context, info);
  };
  return withPlan(plan, resolve, {
    kind: 'row',
    endpoint,
    key: source.read,
    chosenBy,
    convert: as === undefined ? undefined : (convert as (row: object, context: Context) => unknown),
  });
}

function readsOf<Row>(as: Conversion<Row> | undefined): Pick<PlannedCall, 'reads' | 'paths' | 'passthrough'> {
  if (typeof as === 'string') return { reads: [as], passthrough: true };
  const plan = as?.extensions.facet.plan;
  return { reads: plan?.reads, paths: plan?.paths, passthrough: plan?.passthrough };
}

function converterOf<Row>(as: Conversion<Row> | undefined): (row: Row, context: Context) => unknown {
  if (as === undefined) return (row) => row;
  if (typeof as === 'string') return readerOf<string>(as) as (row: Row) => unknown;
  return (row, context) => as.resolve(row, {}, context);
}

/** Reports stale data to the caller: cached rows that replace those of a failing service are listed in `extensions.stale`. */
export function noteStale(
  loaded: object | null,
  { request: { ledger } }: Context,
  at: FieldInfo | readonly (string | number)[] | undefined,
): void {
  const ageMs = loaded === null ? undefined : ledger.staleAgeMs(loaded);
  if (ageMs === undefined || at === undefined) return;
  ledger.staleParts.push({ path: 'path' in at ? pathTo(at.path) : [...at], ageMs });
}

function pathTo(field: FieldPath): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: FieldPath | undefined = field; at; at = at.prev) path.unshift(at.key);
  return path;
}
