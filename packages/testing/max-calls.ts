import type { RowSource } from '@facet/server/internal/downstream/batching/row-source.ts';
import type { Fetch } from '@facet/server/internal/downstream/fetcher.ts';
import { createEngine } from '@facet/server/internal/graphql/execute.ts';
import { createLog } from '@facet/server/internal/telemetry/log.ts';
import type { GraphQLSchema } from 'graphql';
import { parse } from 'graphql';
import { fetcherFor, requestContext } from './request.ts';
import { until } from './until.ts';

const log = createLog('test', 'silent');

/** Where an operation's rows come from; by what fetches them. */
export type RowsOf = (fetcher: { readonly fetch: Fetch; readonly rows: RowSource }) => RowSource | Promise<RowSource>;

/** Runs an operation twice in front of a service, the second time compiled. Returns the larger number of calls. */
export async function maxCallsOf(
  schema: GraphQLSchema,
  url: string,
  text: string,
  variables: object,
  rowsOf: RowsOf = ({ rows }) => rows,
): Promise<number> {
  await using fetcher = fetcherFor(url);
  let source = fetcher.rows;
  const rows: RowSource = {
    rows: (...asked) => source.rows(...asked),
    peek: (...asked) => source.peek?.(...asked),
    page: (...asked) => source.page(...asked),
  };
  const engine = createEngine(schema, rows, log);
  const operation = { document: parse(text), operationName: undefined, variables: { ...variables } };
  const counts: number[] = [];
  for (let run = 0; run < 2; run += 1) {
    source = await rowsOf(fetcher);
    const request = requestContext();
    const { entries } = request.ledger;
    await engine.execute(operation, request);
    // An answer does not wait for what nobody reads of a page.
    await until(() => entries.every(({ endMs }) => endMs !== undefined));
    counts.push(entries.filter(({ cached }) => !cached).length);
  }
  return Math.max(...counts);
}
