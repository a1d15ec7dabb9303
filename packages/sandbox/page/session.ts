import type {
  Explanation,
  InjectedFault,
  Measured,
  SandboxConfig,
} from '@facet/server/internal/http/sandbox/protocol.ts';
import { createContext, useContext, useSyncExternalStore } from 'react';

/** A completed request of the page. */
export interface Run {
  readonly explanation: Explanation;
  /** Size of the response body. */
  readonly responseBytes: number;
  readonly errors: number;
}

export interface State {
  /** Value of the identity header. */
  readonly identity: string;
  /** Faults injected into the following requests. */
  readonly drills: readonly InjectedFault[];
  readonly run: Run | undefined;
  readonly isRunning: boolean;
  /** Whether the last request was rejected before execution, or failed. */
  readonly isRejected: boolean;
  /** Figures of each screen's last run, by screen name. */
  readonly measured: Readonly<Record<string, Measured | undefined>>;
}

/** The shared state of the page, with change notification. */
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
    isRejected: false,
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
  if (!session) throw new Error('useSession requires a SessionContext.');
  useSyncExternalStore(session.subscribe, () => session.state);
  return session;
}
