import type { Fetcher } from '@graphiql/toolkit';
import { DRILL_HEADER, type Drill, EXPLAIN_HEADER, type Explanation } from '../../shared/server/sandbox/protocol.ts';
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
    const asked = { [config.identityHeader]: state.identity, ...headers };
    // The page's own question for the schema is nobody's run.
    if (params.operationName === 'IntrospectionQuery') return JSON.parse(await post(params, asked));
    session.set({ isRunning: true });
    try {
      const text = await post(params, { ...(await drillHeader(state.drills)), [EXPLAIN_HEADER]: '1', ...asked });
      return noted(session, text);
    } finally {
      session.set({ isRunning: false });
    }
  };
}

async function post({ query, variables, operationName }: Params, headers: Record<string, unknown>): Promise<string> {
  const response = await fetch('./graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', ...NAMED, ...texts(headers) },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return response.text();
}

/** So that what is asked for here can be told from what the client asks for. */
const NAMED = { 'apollographql-client-name': 'sandbox' };

/** The answer without the explanation, which is kept as the session's last run. */
function noted(session: Session, text: string) {
  const { extensions: { facet, ...others } = {}, ...answer } = JSON.parse(text) as Answer;
  if (facet) {
    const calls = facet.calls.filter(({ cached }) => !cached).length;
    const measured = { ...facet, calls, cached: facet.calls.length - calls };
    const isScreen = facet.screen !== null && facet.drills.length === 0;
    const { state } = session;
    session.set({
      run: {
        explanation: facet,
        answerBytes: new Blob([JSON.stringify(answer)]).size,
        errors: answer.errors?.length ?? 0,
      },
      ...(isScreen ? { measured: { ...state.measured, [facet.screen]: measured } } : {}),
    });
  }
  return { ...answer, ...(Object.keys(others).length > 0 ? { extensions: others } : {}) };
}

/** Signed anew for every run: another process of the server would not know the signature of this one. */
async function drillHeader(drills: readonly Drill[]): Promise<Record<string, string>> {
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

function texts(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
