import type { InjectedFault } from '../../request/injected-fault.ts';

// The protocol between the sandbox's page and its server. The page imports nothing else of the server.

export type { FaultKind, InjectedFault } from '../../request/injected-fault.ts';
export type { FieldUse } from '../../telemetry/field-use.ts';

/** Request headers of the page. */
export const EXPLAIN_HEADER = 'X-Facet-Explain';
export const DRILL_HEADER = 'X-Facet-Drill';

/** A caller that the services know. */
export interface ExampleIdentity {
  readonly id: string;
  readonly name: string;
  /** What the data of this caller shows. */
  readonly note?: string;
}

/** The client, as its sandbox shows it. */
export interface SandboxConfig {
  readonly client: string;
  /** Paths of the GraphQL route and of the screens, relative to the page: `./graphql`. */
  readonly paths: { readonly graphql: string; readonly screens: string };
  readonly identityHeader: string;
  readonly exampleId: string;
  readonly identities: readonly ExampleIdentity[];
  readonly services: readonly string[];
  /** Longest time for a request, in milliseconds. */
  readonly deadlineMs: number;
  /** Most calls of an operation that is not registered. */
  readonly adHocCalls: number;
  /** Whether the use of fields is counted. */
  readonly countsFields: boolean;
  readonly screens: readonly SandboxScreen[];
}

export interface SandboxScreen {
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly budget: { readonly calls: number; readonly waves: number; readonly rows: number } | undefined;
  /** The worst case of all variables; undefined if it is unknown. */
  readonly bound: Bound | undefined;
  readonly measured: Measured | undefined;
}

/** The worst cost of an operation. */
export interface Bound {
  readonly calls: number;
  readonly waves: number;
  readonly timeMs: number;
  readonly rows: number;
  readonly attempts: number;
  readonly sites: readonly Site[];
}

/** A field that makes calls. */
export interface Site {
  readonly path: string;
  readonly service: string;
  readonly endpoint: string;
  readonly wave: number;
  readonly calls: number;
  readonly keys: number;
}

/** The last run of a screen. */
export interface Measured {
  readonly totalMs: number;
  readonly calls: number;
  readonly waves: number;
  readonly cached: number;
}

/** The figures of a run; undefined if a call failed or a fault was injected. */
export function measuredIn({ drills, calls, leftOut, totalMs, waves }: Explanation): Measured | undefined {
  const isRepresentative = drills.length === 0 && calls.length > 0 && calls.every(({ failure }) => failure === null);
  if (!isRepresentative) return undefined;
  const cached = calls.filter((call) => call.cached).length;
  return { totalMs, waves, calls: calls.length - cached + leftOut, cached };
}

/** The response to a query that is being written. */
export type Estimated =
  | { readonly bound: Bound; readonly screen: string | undefined; readonly isTooExpensive: boolean }
  | { readonly errors: readonly { readonly message: string }[] };

/** A call, or a read from the entity cache. */
export interface ExplainedCall {
  readonly service: string;
  readonly endpoint: string;
  /** Rows requested by key; 0 for a list. */
  readonly keys: number;
  readonly wave: number;
  readonly startMs: number;
  /** Null if it had not ended when the response was sent. */
  readonly endMs: number | null;
  readonly status: number | null;
  readonly bytes: number;
  readonly attempts: number;
  readonly hedged: boolean;
  readonly shared: boolean;
  readonly cached: boolean;
  readonly staleKeys: number;
  readonly failure: string | null;
  /** The fields that it was made for, without the indexes of lists: `dashboard.orders.items.product`. */
  readonly fields: readonly string[];
  /** Set if a wave requested rows of one endpoint in more calls than necessary: the actual and the necessary number. */
  readonly split: { readonly calls: number; readonly needed: number } | null;
}

/** `extensions.facet` of a response: what the request did. Times are milliseconds since its start. */
export interface Explanation {
  readonly screen: string | null;
  readonly totalMs: number;
  /** When calls in progress are cancelled. */
  readonly deadlineMs: number;
  readonly waves: number;
  readonly calls: readonly ExplainedCall[];
  /** Number of calls beyond the longest list. */
  readonly leftOut: number;
  /** The worst case with the request's variables; null if it is unknown. */
  readonly bound: Bound | null;
  /** The injected faults. */
  readonly drills: readonly InjectedFault[];
}
