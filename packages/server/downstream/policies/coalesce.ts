import { DeadlineExceededError, isServiceFailure, ServiceRejectedError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import { boundWait } from '../../request/wait.ts';
import type { Answer, Call, Caller, Policy, Send } from '../call.ts';
import { freezeDeep } from '../http/json.ts';

/**
 * Turns identical concurrent calls into one. The shared call carries the first caller's request id, lasts as long as the latest
 * deadline of its waiting callers, and is cancelled when the last of them leaves. `timeoutMs` is the service's timeout.
 *
 * If the response is not public, all callers but the first send their own call. All callers share a failure, unless the
 * first caller may have caused it: the others retry once when the service rejected the call, and when it was told a shorter
 * timeout than they have. Use it only for GETs of public endpoints, which carry no identity.
 */
export function coalesce(timeoutMs: number): Policy {
  const inFlight = new Map<string, SharedCall>();

  function start(send: Send, key: string, call: Call, first: Caller, record: CallRecord): SharedCall {
    const shared: SharedCall = new SharedCall(send, call, first, record, () => {
      if (inFlight.get(key) === shared) inFlight.delete(key);
    });
    inFlight.set(key, shared);
    return shared;
  }

  async function share(send: Send, call: Call, caller: Caller, record: CallRecord, isLastTry = false): Promise<Answer> {
    if (caller.deadline.remainingMs() < 1) throw new DeadlineExceededError(call.endpoint.service);
    caller.signal.throwIfAborted();
    const key = keyOf(call);
    const shared = inFlight.get(key);
    if (!shared) return start(send, key, call, caller, record).wait(caller, record);
    record.shared = true;
    const hasMoreTime = shared.isTooShortFor(caller, call.endpoint.timeoutMs ?? timeoutMs);
    const answer = await shared.wait(caller, record).catch((error: unknown) => {
      const mayBeCausedByFirst = (hasMoreTime && isServiceFailure(error)) || error instanceof ServiceRejectedError;
      if (!isLastTry && mayBeCausedByFirst && caller.deadline.remainingMs() >= 1) return undefined;
      throw error;
    });
    if (answer === undefined) {
      record.shared = false;
      return share(send, call, caller, record, true);
    }
    if (answer.grant) return answer;
    // The record describes the shared call so far.
    Object.assign(record, newRecord());
    return send(call, caller, record);
  }

  return (next) => (call, caller, record) => share(next, call, caller, record);
}

function newRecord(): CallRecord {
  return { status: undefined, bytes: 0, lostBytes: 0, attempts: 1, hedged: false, shared: false };
}

function keyOf({ endpoint, path, validators }: Call): string {
  const key = `${endpoint.service} ${path}`;
  return validators === undefined ? key : `${key} ${JSON.stringify(validators)}`;
}

interface Waiter {
  readonly caller: Caller;
  readonly abandon: (reason: unknown) => void;
  timer: NodeJS.Timeout | undefined;
}

/** A retry is worthwhile only for a caller that has at least this much more time than the first caller. */
const CLEARLY_MORE_MS = 50;

/** One call, and all callers that wait for its response. */
class SharedCall {
  readonly #call: Call;
  readonly #waiters = new Set<Waiter>();
  readonly #cancellation = new AbortController();
  readonly #record: CallRecord;
  readonly #settled: Promise<Answer>;
  readonly #onClosed: () => void;
  readonly #startedAt: number;
  readonly #announcedUntil: number;

  /** Attempts are recorded in the first caller's trace. `onClosed` is called when no further caller may join. */
  constructor(send: Send, call: Call, first: Caller, record: CallRecord, onClosed: () => void) {
    const { requestId, trace, deadline } = first;
    this.#call = call;
    this.#record = { ...newRecord(), trace: record.trace };
    this.#onClosed = onClosed;
    this.#startedAt = performance.now();
    this.#announcedUntil = this.#startedAt + deadline.remainingMs();
    const remainingMs = () =>
      this.#waiters.size === 0
        ? deadline.remainingMs()
        : Math.max(...Array.from(this.#waiters, ({ caller }) => caller.deadline.remainingMs()));
    const allCallers: Caller = {
      requestId,
      trace,
      deadline: { remainingMs },
      signal: this.#cancellation.signal,
      get identity(): never {
        throw new Error('A coalesced call has no identity.');
      },
    };
    this.#settled = send(call, allCallers, this.#record).then(
      (answer) => {
        onClosed();
        // Several requests hold the same value: none may change it.
        if (this.#waiters.size > 1) freezeDeep(answer.json);
        return answer;
      },
      (error: unknown) => {
        onClosed();
        throw error;
      },
    );
  }

  /**
   * Whether the service was told a timeout below its own, and this caller has clearly more time. A timeout may then be due to
   * the first caller.
   */
  isTooShortFor({ deadline }: Caller, timeoutMs: number): boolean {
    if (this.#announcedUntil - this.#startedAt >= timeoutMs) return false;
    return performance.now() + deadline.remainingMs() > this.#announcedUntil + CLEARLY_MORE_MS;
  }

  /** Waits for the response until the caller's deadline passes or the caller hangs up. */
  wait(caller: Caller, record: CallRecord): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        endWait();
        clearTimeout(waiter.timer);
        this.#waiters.delete(waiter);
        record.status = this.#record.status;
        record.bytes = this.#record.bytes;
        record.lostBytes = this.#record.lostBytes;
        record.attempts = this.#record.attempts;
        record.hedged = this.#record.hedged;
        if (record.trace && record.trace !== this.#record.trace) record.trace.joined = this.#record.trace;
      };
      const abandon = (reason: unknown) => {
        if (!this.#waiters.has(waiter)) return;
        leave();
        reject(reason);
        if (this.#waiters.size === 0) this.#cancel(reason);
      };
      const waiter: Waiter = { caller, abandon, timer: undefined };
      this.#waiters.add(waiter);
      const endWait = boundWait(caller.signal, undefined, { onAbort: abandon });
      // The call itself enforces the deadline of a single caller.
      if (this.#waiters.size > 1) for (const each of this.#waiters) this.#enforceDeadline(each);
      this.#settled.then(
        (answer) => {
          leave();
          resolve(answer);
        },
        (error: unknown) => {
          leave();
          reject(error);
        },
      );
    });
  }

  #enforceDeadline(waiter: Waiter): void {
    waiter.timer ??= setTimeout(
      () => waiter.abandon(new DeadlineExceededError(this.#call.endpoint.service)),
      Math.max(0, waiter.caller.deadline.remainingMs()),
    );
  }

  #cancel(reason: unknown): void {
    this.#onClosed();
    this.#cancellation.abort(reason);
  }
}
