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

interface Answer {
  readonly errors?: readonly unknown[];
  readonly extensions?: { readonly facet?: Explanation };
}

/**
 * Asks as the session's identity and with its drills, and takes out of the answer how the request went. Headers of the
 * tab's own come last, and win.
 */
export function createFetcher(session: Session): Fetcher {
  return async (params, { headers } = {}) => {
    const { config, state } = session;
    const asked = new Headers({ ...NAMED, [config.identityHeader]: state.identity });
    // The page's own question for the schema is nobody's run.
    const isRun = params.operationName !== 'IntrospectionQuery';
    if (isRun) asked.set(EXPLAIN_HEADER, '1');
    for (const [name, value] of Object.entries(await drillHeader(isRun ? state.drills : []))) asked.set(name, value);
    for (const [name, value] of Object.entries(headers ?? {})) asked.set(name, String(value));
    if (!isRun) return JSON.parse(await post(config.paths.graphql, params, asked));
    session.set({ isRunning: true, run: undefined, isRefused: false });
    try {
      return noted(session, await post(config.paths.graphql, params, asked));
    } catch (error) {
      session.set({ isRefused: true });
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

/** So that what is asked for here can be told from what the client asks for. */
const NAMED = { 'apollographql-client-name': 'sandbox' };

/** The answer without the explanation, which is kept as the session's last run. */
function noted(session: Session, text: string) {
  const { extensions: { facet, ...others } = {}, ...answer } = JSON.parse(text) as Answer;
  if (!facet) {
    session.set({ isRefused: true });
  } else {
    const measured = facet.screen === null ? undefined : measuredIn(facet);
    const { state } = session;
    session.set({
      run: {
        explanation: facet,
        answerBytes: new Blob([JSON.stringify(answer)]).size,
        errors: answer.errors?.length ?? 0,
      },
      ...(facet.screen !== null && measured ? { measured: { ...state.measured, [facet.screen]: measured } } : {}),
    });
  }
  return { ...answer, ...(Object.keys(others).length > 0 ? { extensions: others } : {}) };
}

/** Signed anew for every run: another process of the server would not know the signature of this one. */
async function drillHeader(drills: readonly InjectedFault[]): Promise<Record<string, string>> {
  if (drills.length === 0) return {};
  const response = await fetch('./sandbox/drills', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(drills),
  });
  const { header } = (await response.json()) as { readonly header?: string };
  if (header === undefined) throw new Error('The server does not know these drills.');
  return { [DRILL_HEADER]: header };
}
