import type { ListEndpoint } from '../../downstream/endpoint.ts';
import type { Page } from '../../downstream/row-shape.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import type { Context } from '../context.ts';
import { type Field, type Plan, withPlan } from '../plan.ts';
import { type AnySource, type ArgsOf, type ParentOf, parentReads, type Scalar, type Source } from './sources.ts';
import { noteStale } from './stale.ts';

export type Params<Param extends string> = { readonly [P in Param]?: AnySource };

/** Refuses parameters that the endpoint does not take, which an inferred type would let through. */
export type NoOthers<Sources, Param> = { readonly [Name in Exclude<keyof Sources, Param>]: never };

type Intersection<Union> = (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void
  ? All
  : never;
export type ParentsOf<Sources> = Intersection<ParentOf<Sources[keyof Sources]>>;
export type ArgumentsOf<Sources> = Intersection<ArgsOf<Sources[keyof Sources]>>;

/**
 * The rows of a list, each parameter from its source.
 *
 *     recentOrders: list(viewerOrders, { limit: arg('first') })
 */
export function list<Row, Param extends string, const Sources extends Params<Param> = Record<never, never>>(
  endpoint: ListEndpoint<Row, Param>,
  params?: Sources & NoOthers<Sources, Param>,
): Field<ParentsOf<Sources>, ArgumentsOf<Sources>, Promise<readonly Row[]>> {
  const { plan, loadPage } = pageLoader(endpoint, params ?? {}, []);
  return withPlan(plan, async (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
    const page = await loadPage(row, args, context, info);
    noteStale(page, context, info);
    return page.rows;
  });
}

/**
 * A list together with whether the service has more of it, as its Link header says: for services that count their pages.
 * The field's type has the fields `rows` and `hasNext`, which need no resolvers.
 *
 *     reviews: page(reviews, { page: arg('page'), size: arg('first') })
 */
export function page<Row, Param extends string, const Sources extends Params<Param> = Record<never, never>>(
  endpoint: ListEndpoint<Row, Param>,
  params?: Sources & NoOthers<Sources, Param>,
): Field<ParentsOf<Sources>, ArgumentsOf<Sources>, Promise<Page<Row>>> {
  const { plan, loadPage } = pageLoader(endpoint, params ?? {}, ['rows']);
  return withPlan(
    { ...plan, provides: ['rows', 'hasNext'] },
    async (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
      const loaded = await loadPage(row, args, context);
      noteStale(loaded, context, info);
      return loaded;
    },
  );
}

/** What fields over a list share: their plan, and the call itself. `rowAt` leads from the field to a row. */
export function pageLoader<Row, Param extends string>(
  endpoint: ListEndpoint<Row, Param>,
  params: Params<Param>,
  rowAt: readonly string[],
) {
  // Sources are held to the parent and the arguments by the fields' own types.
  const entries = Object.entries(params) as [Param, Source<unknown, unknown, Scalar>][];
  const origins = Object.fromEntries(entries.map(([name, source]) => [name, source.origin]));
  const fromService = new Set(entries.filter(([, { origin }]) => origin.from === 'parent').map(([name]) => name));
  const plan: Plan = {
    reads: parentReads(Object.values(origins)),
    calls: [{ endpoint, params: origins, reads: undefined, rowAt }],
  };
  const loadPage = (row: unknown, args: unknown, context: Context, info?: FieldInfo): Promise<Page<Row>> => {
    const values: Partial<Record<Param, Scalar>> = {};
    for (const [name, source] of entries) values[name] = source.read(row, args, context);
    return context.loaders.list(endpoint, values, info, fromService);
  };
  return { plan, loadPage };
}
