import type {
  Explanation,
  InjectedFault,
  Measured,
  SandboxConfig,
} from '@facet/server/internal/http/sandbox/protocol.ts';
import { createContext, useContext, useSyncExternalStore } from 'react';

/** A request that was made from the page, and answered. */
export interface Run {
  readonly explanation: Explanation;
  /** Size of the answer's text. */
  readonly answerBytes: number;
  readonly errors: number;
}

export interface State {
  /** Who the requests are made as. */
  readonly identity: string;
  /** What goes wrong in the requests that follow. */
  readonly drills: readonly InjectedFault[];
  readonly run: Run | undefined;
  readonly isRunning: boolean;
  /** The last one was refused before anything was run, or did not get through. */
  readonly isRefused: boolean;
  /** What the screens took when they were run last, by their names. */
  readonly measured: Readonly<Record<string, Measured | undefined>>;
}

/** What the parts of the page have in common, and are told of when it changes. */
export interface Session {
  readonly config: SandboxConfig;
  readonly state: State;
  set(change: Partial<State>): void;
  subscribe(listener: () => void): () => void;
}

export function createSession(config: SandboxConfig, identity: string): Session {
  const listeners = new Set<() => void>();
  let state: State = {
    identity,
    drills: [],
    run: undefined,
    isRunning: false,
    isRefused: false,
    measured: Object.fromEntries(config.screens.map(({ name, measured }) => [name, measured])),
  };
  return {
    config,
    get state() {
      return state;
    },
    set(change) {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('There is no session around this.');
  useSyncExternalStore(session.subscribe, () => session.state);
  return session;
}
