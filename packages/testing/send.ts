import type { Answer, Call, Caller, Send } from '@facet/server/internal/downstream/call.ts';
import type { CallRecord } from '@facet/server/internal/request/ledger.ts';
import { batchOf } from './services.ts';

const things = batchOf<{ id: string }>()({ service: 'loans', path: '/things', rowKey: 'id' });

/** A call that it is all the same of what. */
export const anyCall: Call = { endpoint: things, path: '/things?ids=a', keys: 1 };

export const anyAnswer: Answer = { status: 200, headers: {}, json: [], requestedAt: 0, grant: undefined };

export function newRecord(): CallRecord {
  return { status: undefined, bytes: 0, lostBytes: 0, attempts: 1, hedged: false, shared: false };
}

/** A call that has arrived at the innermost layer, to be answered by the test. */
export interface Arrival {
  readonly caller: Caller;
  readonly record: CallRecord;
  answer(): void;
  fail(error: Error): void;
}

/** Stands in for the innermost layer: keeps every call until the test answers it, or its caller gives up. */
export function heldCalls(): { readonly send: Send; readonly arrived: Arrival[] } {
  const arrived: Arrival[] = [];
  return {
    arrived,
    send: (_call, caller, record) =>
      new Promise((resolve, reject) => {
        caller.signal.addEventListener('abort', () => reject(caller.signal.reason));
        arrived.push({ caller, record, answer: () => resolve(anyAnswer), fail: reject });
      }),
  };
}
