import { CallerGoneError } from '../../request/errors.ts';
import type { CallRecord } from '../../request/ledger.ts';
import type { Answer, Call, Caller, Send } from '../call.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ServiceLoad } from '../services.ts';
import { createLatencies, type Latencies } from './latencies.ts';

/** Second calls that calls earn: at most one in twenty is made twice. */
const PER_CALL = 0.05;
const MOST_EARNED = 5;

/** Share of the limit from which on there is no room for second calls. */
const NEAR_LIMIT = 0.8;

/**
 * Makes a call of an endpoint that asks for it a second time where the first takes longer than 95 of 100 do; the answer
 * that comes first is taken, and the other call is cancelled. Not while the service is ill or busy.
 */
export function hedge(send: Send, limit: number, load: ServiceLoad): Send {
  const endpoints = new Map<Endpoint, Latencies>();
  let earned = 0;

  const mayHedge = () =>
    earned >= 1 && load.isCircuitClosed && load.waiting === 0 && load.underWay < limit * NEAR_LIMIT;

  async function hedged(call: Call, caller: Caller, record: CallRecord): Promise<Answer> {
    earned = Math.min(MOST_EARNED, earned + PER_CALL);
    let latencies = endpoints.get(call.endpoint);
    if (!latencies) {
      latencies = createLatencies();
      endpoints.set(call.endpoint, latencies);
    }
    const startedAt = performance.now();
    const answer = await race(send, call, caller, record, latencies.p95Ms(), () => {
      if (!mayHedge()) return false;
      earned -= 1;
      return true;
    });
    latencies.note(performance.now() - startedAt);
    return answer;
  }

  return (call, caller, record) => (call.endpoint.hedge ? hedged(call, caller, record) : send(call, caller, record));
}

/** The first good answer of a call and of the second one that is made after `afterMs`, where `may` lets it. */
function race(
  send: Send,
  call: Call,
  caller: Caller,
  record: CallRecord,
  afterMs: number | undefined,
  may: () => boolean,
): Promise<Answer> {
  if (afterMs === undefined) return send(call, caller, record);
  return new Promise((resolve, reject) => {
    const runners: AbortController[] = [];
    const records: CallRecord[] = [];
    let failed = 0;
    const stop = () => {
      clearTimeout(timer);
      caller.signal.removeEventListener('abort', onAbort);
      // Nobody waits for the other one any more, which says nothing of the service.
      for (const runner of runners) runner.abort(new CallerGoneError());
    };
    const onAbort = () => stop();
    const countBytes = (taken: CallRecord | undefined) => {
      for (const each of records) {
        record.bytes += each.bytes;
        record.lostBytes += each === taken ? each.lostBytes : each.bytes;
      }
    };
    caller.signal.throwIfAborted();
    const start = (isSecond: boolean) => {
      const runner = new AbortController();
      runners.push(runner);
      const own: CallRecord = { ...record, bytes: 0, lostBytes: 0, hedged: isSecond };
      records.push(own);
      const { requestId, trace, deadline } = caller;
      const hedged: Caller = {
        requestId,
        trace,
        deadline,
        signal: runner.signal,
        get identity() {
          return caller.identity;
        },
      };
      const { attempts } = own;
      send(call, hedged, own).then(
        (answer) => {
          record.attempts += own.attempts - attempts;
          record.status = own.status;
          countBytes(own);
          stop();
          resolve(answer);
        },
        (error: unknown) => {
          record.attempts += own.attempts - attempts;
          failed += 1;
          if (failed < runners.length) return;
          record.status = own.status;
          countBytes(undefined);
          stop();
          reject(error);
        },
      );
    };
    const timer = setTimeout(() => {
      if (!may()) return;
      record.hedged = true;
      start(true);
    }, afterMs);
    caller.signal.addEventListener('abort', onAbort);
    start(false);
  });
}
