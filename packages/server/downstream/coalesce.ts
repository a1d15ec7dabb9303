import { DeadlineExceededError, isServiceFailure, ServiceRejectedError } from '../request/errors.ts';
import type { CallRecord } from '../request/ledger.ts';
import type { Answer, Call, Caller, Send } from './call.ts';
import { freezeDeep } from './freeze.ts';

/**
 * Identical GETs of public endpoints that are under way at once become one call. It carries the first caller's request
 * id, may last as long as the deadline of the most patient one waiting, and is cancelled when the last of them gives up.
 * Where the answer turns out not to be public, everybody but the first asks for themselves. A failure is everybody's, but
 * where it may be for what the first caller sent, the others ask once more: where the service refused the call, and where
 * it was told of little time and they have clearly more. `timeoutMs` is the service's.
 */
export function coalesce(send: Send, timeoutMs: number): Send {
  const calls = new Map<string, SharedCall>();

  function start(key: string, call: Call, first: Caller, { trail }: CallRecord): SharedCall {
    const flight: SharedCall = new SharedCall(send, call, first, trail, () => {
      if (calls.get(key) === flight) calls.delete(key);
    });
    calls.set(key, flight);
    return flight;
  }

  async function share(call: Call, caller: Caller, record: CallRecord, isLastTry = false): Promise<Answer> {
    if (caller.deadline.remainingMs() < 1) throw new DeadlineExceededError(call.endpoint.service);
    caller.signal.throwIfAborted();
    const key = keyOf(call);
    const underWay = calls.get(key);
    if (!underWay) return start(key, call, caller, record).wait(caller, record);
    record.shared = true;
    const isPatient = underWay.isTooShortFor(caller, call.endpoint.timeoutMs ?? timeoutMs);
    const answer = await underWay.wait(caller, record).catch((error: unknown) => {
      const mayBeOfTheFirst = (isPatient && isServiceFailure(error)) || error instanceof ServiceRejectedError;
      if (!isLastTry && mayBeOfTheFirst && caller.deadline.remainingMs() >= 1) return undefined;
      throw error;
    });
    if (answer === undefined) {
      record.shared = false;
      return share(call, caller, record, true);
    }
    if (answer.grant) return answer;
    // What the record says is of the call that was shared.
    Object.assign(record, newRecord());
    return send(call, caller, record);
  }

  return (call, caller, record) =>
    call.endpoint.public && call.endpoint.method === 'GET' ? share(call, caller, record) : send(call, caller, record);
}

function newRecord(): CallRecord {
  return { status: undefined, bytes: 0, lostBytes: 0, attempts: 1, hedged: false, shared: false };
}

function keyOf({ endpoint, path, validators }: Call): string {
  const key = `${endpoint.service} ${path}`;
  return validators === undefined ? key : `${key} ${JSON.stringify(validators)}`;
}

interface Waiting {
  readonly caller: Caller;
  readonly giveUp: (reason: unknown) => void;
  timer: NodeJS.Timeout | undefined;
}

/** With less than this on top, asking once more would be for nothing. */
const CLEARLY_MORE_MS = 50;

/** One call, and everybody who waits for its answer. */
class SharedCall {
  readonly #call: Call;
  readonly #waiting = new Set<Waiting>();
  readonly #abandoned = new AbortController();
  readonly #record: CallRecord;
  readonly #landed: Promise<Answer>;
  readonly #onOver: () => void;
  readonly #startedAt: number;
  readonly #announcedUntil: number;

  /** Its attempts are noted in the first caller's trail. `onOver` is called when nobody may join any more. */
  constructor(
    send: Send,
    call: Call,
    { requestId, trace, deadline }: Caller,
    trail: CallRecord['trail'],
    onOver: () => void,
  ) {
    this.#call = call;
    this.#record = { ...newRecord(), trail };
    this.#onOver = onOver;
    this.#startedAt = performance.now();
    this.#announcedUntil = this.#startedAt + deadline.remainingMs();
    const remainingMs = () =>
      this.#waiting.size === 0
        ? deadline.remainingMs()
        : Math.max(...Array.from(this.#waiting, ({ caller }) => caller.deadline.remainingMs()));
    const everybody: Caller = {
      requestId,
      trace,
      deadline: { remainingMs },
      signal: this.#abandoned.signal,
      get identity(): never {
        throw new Error('A call for many callers has no identity.');
      },
    };
    this.#landed = send(call, everybody, this.#record).then(
      (answer) => {
        onOver();
        // What several requests hold must not be changed by any of them.
        if (this.#waiting.size > 1) freezeDeep(answer.json);
        return answer;
      },
      (error: unknown) => {
        onOver();
        throw error;
      },
    );
  }

  /**
   * The service was told of less time than a call may take, and this caller has clearly more of it: where the service
   * gives up, it may be for that.
   */
  isTooShortFor({ deadline }: Caller, timeoutMs: number): boolean {
    if (this.#announcedUntil - this.#startedAt >= timeoutMs) return false;
    return performance.now() + deadline.remainingMs() > this.#announcedUntil + CLEARLY_MORE_MS;
  }

  /** The answer, for as long as this caller waits for it. */
  wait(caller: Caller, record: CallRecord): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(waiting.timer);
        caller.signal.removeEventListener('abort', onAbort);
        this.#waiting.delete(waiting);
        record.status = this.#record.status;
        record.bytes = this.#record.bytes;
        record.lostBytes = this.#record.lostBytes;
        record.attempts = this.#record.attempts;
        record.hedged = this.#record.hedged;
        if (record.trail && record.trail !== this.#record.trail) record.trail.joined = this.#record.trail;
      };
      const giveUp = (reason: unknown) => {
        if (!this.#waiting.has(waiting)) return;
        leave();
        reject(reason);
        if (this.#waiting.size === 0) this.#abandon(reason);
      };
      const onAbort = () => giveUp(caller.signal.reason);
      const waiting: Waiting = { caller, giveUp, timer: undefined };
      this.#waiting.add(waiting);
      caller.signal.addEventListener('abort', onAbort);
      // One alone is bounded by the call itself.
      if (this.#waiting.size > 1) for (const each of this.#waiting) this.#boundByItsDeadline(each);
      this.#landed.then(
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

  #boundByItsDeadline(waiting: Waiting): void {
    waiting.timer ??= setTimeout(
      () => waiting.giveUp(new DeadlineExceededError(this.#call.endpoint.service)),
      Math.max(0, waiting.caller.deadline.remainingMs()),
    );
  }

  #abandon(reason: unknown): void {
    this.#onOver();
    this.#abandoned.abort(reason);
  }
}
