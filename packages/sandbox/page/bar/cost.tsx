import type { Estimated } from '@facet/server/internal/http/sandbox/protocol.ts';
import { useGraphiQL } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { count, counted, milliseconds } from '../figures.ts';
import { useSession } from '../session.ts';

/** Milliseconds without typing after which the cost is estimated. */
const SETTLED_MS = 250;

/** The worst-case cost of the query in the editor, updated while typing. */
export function CostOfQuery() {
  const { adHocCalls, deadlineMs } = useSession().config;
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]);
  const { query, variables, operationName } = tab ?? {};
  const estimated = useEstimated(query ?? '', variables ?? '', operationName ?? null);
  return (
    <p className={`facet-cost ${isTooExpensive(estimated) ? 'facet-warns' : ''}`} role="status">
      {estimated && textOf(estimated, adHocCalls, deadlineMs)}
    </p>
  );
}

const isTooExpensive = (estimated: Estimated | undefined): boolean =>
  estimated !== undefined && 'bound' in estimated && estimated.isTooExpensive;

function textOf(estimated: Estimated, adHocCalls: number, deadlineMs: number) {
  if ('errors' in estimated) return <span className="facet-muted">{estimated.errors[0]?.message}</span>;
  const { calls, waves, rows, timeMs } = estimated.bound;
  const kind =
    estimated.screen ?? (estimated.isTooExpensive ? `rejected: ${count(adHocCalls)} calls allowed` : 'ad hoc');
  return (
    <>
      <span className="facet-muted">{kind}, at most</span> <b>{counted(calls, 'call')}</b>, {counted(waves, 'wave')},{' '}
      {counted(rows, 'row')}, {milliseconds(Math.min(timeMs, deadlineMs))}
    </>
  );
}

function useEstimated(query: string, variables: string, operationName: string | null): Estimated | undefined {
  const [estimated, setEstimated] = useState<Estimated>();
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      estimate(query, variables, operationName, controller.signal).then(setEstimated, () => {});
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [query, variables, operationName]);
  return estimated;
}

async function estimate(
  query: string,
  variables: string,
  operationName: string | null,
  signal: AbortSignal,
): Promise<Estimated | undefined> {
  if (query.trim() === '') return undefined;
  const given = parsed(variables);
  if (given === undefined) return { errors: [{ message: 'The variables are not a JSON object.' }] };
  const response = await fetch('./sandbox/cost', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables: given, operationName }),
    signal,
  });
  return (await response.json()) as Estimated;
}

function parsed(text: string): object | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
