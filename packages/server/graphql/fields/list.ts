import type { ListEndpoint } from '../../downstream/endpoint.ts';
import type { Page } from '../../downstream/row-shape.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import type { Context } from '../context.ts';
import { type Field, type Plan, withPlan } from '../plan.ts';
import { noteStale } from './load.ts';
import { type AnySource, type ArgsOf, type ParentOf, parentReads, type Scalar, type Source } from './sources.ts';

export type Params<Param extends string> = { readonly [P in Param]?: AnySource };

/** Rejects parameters that the endpoint does not have. TypeScript makes no excess property check on an inferred type. */
export type NoOthers<Sources, Param> = { readonly [Name in Exclude<keyof Sources, Param>]: never };

type Intersection<Union> = (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void
  ? All
  : never;
export type ParentsOf<Sources> = Intersection<ParentOf<Sources[keyof Sources]>>;
export type ArgumentsOf<Sources> = Intersection<ArgsOf<Sources[keyof Sources]>>;

/**
 * Loads the rows of a list endpoint. Each parameter has a source.
 *
 *     recentOrders: list(viewerOrders, { limit: arg('first') })
 */
export function list<Row, Param extends string, const Sources extends Params<Param> = Record<never, never>>(
  endpoint: ListEndpoint<Row, Param>,
  params?: Sources & NoOthers<Sources, Param>,
): Field<ParentsOf<Sources>, ArgumentsOf<Sources>, Promise<readonly Row[]>> {
  const { plan, loadPage } = pageLoader(endpoint, params ?? {}, []);
  const resolve = async (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
    const page = await loadPage(row, args, context, info);
    noteStale(page, context, info);
    return page.rows;
  };
  return withPlan(plan, resolve, { kind: 'page', load: loadPage, convert: ({ rows }) => rows });
}

/**
 * Loads a list, and whether the service has more rows according to its Link header. Use it for services with page numbers. The
 * field's type has the fields `rows` and `hasNext`, which need no resolvers.
 *
 *     reviews: page(reviews, { page: arg('page'), size: arg('first') })
 */
export function page<Row, Param extends string, const Sources extends Params<Param> = Record<never, never>>(
  endpoint: ListEndpoint<Row, Param>,
  params?: Sources & NoOthers<Sources, Param>,
): Field<ParentsOf<Sources>, ArgumentsOf<Sources>, Promise<Page<Row>>> {
  const { plan, loadPage } = pageLoader(endpoint, params ?? {}, ['rows']);
  const resolve = async (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
    const loaded = await loadPage(row, args, context, info);
    noteStale(loaded, context, info);
    return loaded;
  };
  const step = { kind: 'page', load: loadPage, convert: (loaded: Page<unknown>) => loaded } as const;
  return withPlan({ ...plan, provides: ['rows', 'hasNext'] }, resolve, step);
}

/** The common part of fields over a list: their plan, and the call. `rowAt` leads from the field to a row. */
export function pageLoader<Row, Param extends string>(
  endpoint: ListEndpoint<Row, Param>,
  params: Params<Param>,
  rowAt: readonly string[],
) {
  // The field's own type checks the sources against its parent and its arguments.
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
