import type { IncomingHttpHeaders } from 'node:http';
import type { Deadline } from './deadline.ts';
import type { Identity } from './identity.ts';
import type { InjectedFaults } from './injected-fault.ts';
import type { Ledger } from './ledger.ts';
import type { TraceContext } from './trace-context.ts';

/** The context of one request, from the HTTP server to every downstream call. */
export interface RequestContext {
  readonly identity: Identity;
  readonly requestId: string;
  /** Headers of the incoming request; undefined for calls that no request waits for, such as the refresh of a cached row. */
  readonly headers?: IncomingHttpHeaders;
  readonly trace: TraceContext;
  readonly deadline: Deadline;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
  readonly ledger: Ledger;
  /** BCP 47 tag for formatted amounts and dates. */
  readonly locale: string;
  /** Services that fail for this request only. Only the sandbox sets it. */
  readonly drills?: InjectedFaults;
}
