import { CallerGoneError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import { boundWait } from '../../request/wait.ts';
import type { Answer, Call, Caller, Policy, Send } from '../call.ts';
import type { ServiceLoad } from '../services.ts';

/** Second calls that a call earns: at most one call in twenty is hedged. */
const PER_CALL = 0.05;
const MAX_EARNED = 5;

/** Share of the concurrency limit from which on there is no room for second calls. */
const NEAR_LIMIT = 0.8;

/**
 * Sends a second call when the first takes longer than the 95th percentile of its endpoint. The first good response wins, and the
 * other call is cancelled. It does not hedge while the service fails or is busy. The budget is the service's, the latencies
 * are the endpoint's.
 */
export function hedge(limit: number, load: ServiceLoad): Policy {
  let earned = 0;

  function spend(): boolean {
    const hasRoom = load.isCircuitClosed && load.waiting === 0 && load.underWay < limit * NEAR_LIMIT;
    if (earned < 1 || !hasRoom) return false;
    earned -= 1;
    return true;
  }

  return (next) => {
    const latencies = new Latencies();
    return async (call, caller, record) => {
      earned = Math.min(MAX_EARNED, earned + PER_CALL);
      const startedAt = performance.now();
      const p95Ms = latencies.p95Ms();
      const answer =
        p95Ms === undefined ? await next(call, caller, record) : await race(next, call, caller, record, p95Ms, spend);
      latencies.note(performance.now() - startedAt);
      return answer;
    };
  };
}

/** The first good response of a call and of a second one, which is sent after `afterMs` if `maySend` allows it. */
function race(
  send: Send,
  call: Call,
  caller: Caller,
  record: CallRecord,
  afterMs: number,
  maySend: () => boolean,
): Promise<Answer> {
  caller.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const runners: { readonly controller: AbortController; readonly record: CallRecord }[] = [];
    let failed = 0;

    const cancelAll = () => {
      // CallerGoneError, because a cancelled call says nothing about the service.
      for (const { controller } of runners) controller.abort(new CallerGoneError());
    };
    const finish = (last: CallRecord, winner: CallRecord | undefined) => {
      record.status = last.status;
      for (const runner of runners) {
        record.bytes += runner.record.bytes;
        record.lostBytes += runner.record === winner ? runner.record.lostBytes : runner.record.bytes;
      }
      endWait();
      cancelAll();
    };
    const start = (isSecond: boolean) => {
      const controller = new AbortController();
      const own: CallRecord = { ...record, bytes: 0, lostBytes: 0, hedged: isSecond };
      const attemptsBefore = own.attempts;
      runners.push({ controller, record: own });
      send(call, withSignal(caller, controller.signal), own).then(
        (answer) => {
          record.attempts += own.attempts - attemptsBefore;
          finish(own, own);
          resolve(answer);
        },
        (error: unknown) => {
          record.attempts += own.attempts - attemptsBefore;
          failed += 1;
          if (failed < runners.length) return;
          finish(own, undefined);
          reject(error);
        },
      );
    };

    let endWait = boundWait(caller.signal, afterMs, {
      onTimeout() {
        endWait = boundWait(caller.signal, undefined, { onAbort: cancelAll });
        if (!maySend()) return;
        record.hedged = true;
        start(true);
      },
      onAbort: cancelAll,
    });
    start(false);
  });
}

function withSignal(caller: Caller, signal: AbortSignal): Caller {
  const { requestId, trace, deadline } = caller;
  return {
    requestId,
    trace,
    deadline,
    signal,
    // Read only when it is sent: a coalesced call has none.
    get identity() {
      return caller.identity;
    },
  };
}

/** Most recent calls whose latencies count, and the fewest that tell a percentile. */
const SAMPLES = 200;
const MIN_SAMPLES = 20;

/** The latencies of an endpoint's most recent calls. */
class Latencies {
  readonly #samples: number[] = [];
  #next = 0;

  note(milliseconds: number): void {
    this.#samples[this.#next] = milliseconds;
    this.#next = (this.#next + 1) % SAMPLES;
  }

  /** The 95th percentile in milliseconds; undefined while there are too few calls. */
  p95Ms(): number | undefined {
    const samples = this.#samples;
    if (samples.length < MIN_SAMPLES) return undefined;
    return samples.toSorted((a, b) => a - b)[Math.ceil(0.95 * samples.length) - 1];
  }
}
