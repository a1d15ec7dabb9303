import {
  DRILL_HEADER,
  EXPLAIN_HEADER,
  type Explanation,
  type InjectedFault,
  measuredIn,
} from '@facet/server/internal/http/sandbox/protocol.ts';
import type { Fetcher } from '@graphiql/toolkit';
import type { Session } from './session.ts';

type Params = Parameters<Fetcher>[0];

interface GraphQLResponse {
  readonly errors?: readonly unknown[];
  readonly extensions?: { readonly facet?: Explanation };
}

/**
 * Sends requests with the session's identity and drills, and moves the explanation from the response to the session. Headers of the tab
 * override all others.
 */
export function createFetcher(session: Session): Fetcher {
  return async (params, { headers } = {}) => {
    const { config, state } = session;
    const requestHeaders = new Headers({ ...CLIENT_NAME, [config.identityHeader]: state.identity });
    // The page's introspection query is not shown as a run.
    const isRun = params.operationName !== 'IntrospectionQuery';
    if (isRun) requestHeaders.set(EXPLAIN_HEADER, '1');
    const drills = await drillHeader(isRun ? state.drills : []);
    for (const [name, value] of Object.entries({ ...drills, ...headers })) requestHeaders.set(name, String(value));
    if (!isRun) return JSON.parse(await post(config.paths.graphql, params, requestHeaders));
    session.set({ isRunning: true, run: undefined, isRejected: false });
    try {
      return recordRun(session, await post(config.paths.graphql, params, requestHeaders));
    } catch (error) {
      session.set({ isRejected: true });
      throw error;
    } finally {
      session.set({ isRunning: false });
    }
  };
}

async function post(path: string, { query, variables, operationName }: Params, headers: Headers): Promise<string> {
  if (!headers.has('Accept')) headers.set('Accept', 'application/json');
  headers.set('Content-Type', 'application/json');
  const response = await fetch(path, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables, operationName }),
  });
  return response.text();
}

/** Lets metrics distinguish requests of the sandbox from those of the client. */
const CLIENT_NAME = { 'apollographql-client-name': 'sandbox' };

/** Stores the explanation as the session's last run, and returns the response without it. */
function recordRun(session: Session, text: string) {
  const { extensions: { facet, ...others } = {}, ...result } = JSON.parse(text) as GraphQLResponse;
  if (!facet) {
    session.set({ isRejected: true });
  } else {
    const measured = facet.screen === null ? undefined : measuredIn(facet);
    const { state } = session;
    session.set({
      run: {
        explanation: facet,
        responseBytes: new Blob([JSON.stringify(result)]).size,
        errors: result.errors?.length ?? 0,
      },
      ...(facet.screen !== null && measured ? { measured: { ...state.measured, [facet.screen]: measured } } : {}),
    });
  }
  return { ...result, ...(Object.keys(others).length > 0 ? { extensions: others } : {}) };
}

/** Requested before every run, because each server process signs drills with its own key. */
async function drillHeader(drills: readonly InjectedFault[]): Promise<Record<string, string>> {
  if (drills.length === 0) return {};
  const response = await fetch('./sandbox/drills', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(drills),
  });
  const { header } = (await response.json()) as { readonly header?: string };
  if (header === undefined) throw new Error('The server rejected these drills.');
  return { [DRILL_HEADER]: header };
}
