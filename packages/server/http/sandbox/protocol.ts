import type { InjectedFault } from '../../request/injected-fault.ts';

// What the sandbox's page and its server tell each other: all that the page takes from outside of its folder.

export type { FaultKind, InjectedFault } from '../../request/injected-fault.ts';
export type { FieldUse } from '../../telemetry/field-usage.ts';

/** Headers by which the page asks for more than others may. */
export const EXPLAIN_HEADER = 'X-Facet-Explain';
export const DRILL_HEADER = 'X-Facet-Drill';

/** Somebody whom the services' data has. */
export interface ExampleIdentity {
  readonly id: string;
  readonly name: string;
  /** What can be seen with them. */
  readonly note?: string;
}

/** What the page is told of the client that it is for. */
export interface SandboxConfig {
  readonly client: string;
  /** Paths of the GraphQL route and of the screens, relative to the page: `./graphql`. */
  readonly paths: { readonly graphql: string; readonly screens: string };
  readonly identityHeader: string;
  readonly exampleId: string;
  readonly identities: readonly ExampleIdentity[];
  readonly services: readonly string[];
  /** Longest time for a whole request, in milliseconds. */
  readonly deadlineMs: number;
  /** Calls that an operation may make at most which is not registered. */
  readonly adHocCalls: number;
  /** Whether it is known who asks for which field. */
  readonly countsFields: boolean;
  readonly screens: readonly SandboxScreen[];
}

export interface SandboxScreen {
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly budget: { readonly calls: number; readonly waves: number; readonly rows: number } | undefined;
  /** With the worst of all variables; undefined where nobody can say. */
  readonly bound: Bound | undefined;
  readonly measured: Measured | undefined;
}

/** What an operation costs at most. */
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

/** What a screen took when it was last run here. */
export interface Measured {
  readonly totalMs: number;
  readonly calls: number;
  readonly waves: number;
  readonly cached: number;
}

/** What a run says of its screen: nothing where it was refused or ill, or had drills. */
export function measuredIn({ drills, calls, leftOut, totalMs, waves }: Explanation): Measured | undefined {
  const isSound = drills.length === 0 && calls.length > 0 && calls.every(({ failure }) => failure === null);
  if (!isSound) return undefined;
  const cached = calls.filter((call) => call.cached).length;
  return { totalMs, waves, calls: calls.length - cached + leftOut, cached };
}

/** What is answered to a query that is being written. */
export type Estimated =
  | { readonly bound: Bound; readonly screen: string | undefined; readonly isTooExpensive: boolean }
  | { readonly errors: readonly { readonly message: string }[] };

/** A call or a look into the entity cache. */
export interface ExplainedCall {
  readonly service: string;
  readonly endpoint: string;
  /** Rows asked for by key; 0 for a list. */
  readonly keys: number;
  readonly wave: number;
  readonly startMs: number;
  /** Null where it had not ended when the answer was sent. */
  readonly endMs: number | null;
  readonly status: number | null;
  readonly bytes: number;
  readonly attempts: number;
  readonly hedged: boolean;
  readonly shared: boolean;
  readonly cached: boolean;
  readonly staleKeys: number;
  readonly failure: string | null;
  /** The fields that it was made for, each once for all items of lists: `dashboard.orders.items.product`. */
  readonly fields: readonly string[];
  /** Of calls of a wave that asked for rows of one endpoint in more calls than their keys need: how many, and how many would do. */
  readonly split: { readonly calls: number; readonly needed: number } | null;
}

/** `extensions.facet` of an answer: what the request did. Times are milliseconds since its start. */
export interface Explanation {
  readonly screen: string | null;
  readonly totalMs: number;
  /** When calls that are still under way are cut. */
  readonly deadlineMs: number;
  readonly waves: number;
  readonly calls: readonly ExplainedCall[];
  /** Calls that are left out of the list, since it would be too long. */
  readonly leftOut: number;
  /** With the request's own variables; null where nobody can say. */
  readonly bound: Bound | null;
  /** Those that were in force. */
  readonly drills: readonly InjectedFault[];
}
