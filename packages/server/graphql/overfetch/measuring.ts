import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { RequestContext } from '../../request/context.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { EndpointUse, OverfetchMeter } from '../../telemetry/overfetch-meter.ts';
import { AD_HOC } from '../../telemetry/request-metrics.ts';
import type { Prepared } from '../execution/prepare.ts';
import { overfetchOf } from './overfetch.ts';
import { type OperationReads, readsOf } from './reads.ts';

/** Measures a request after its operation has run, if the meter samples it. */
export type Measure = (prepared: Prepared, document: DocumentNode, request: RequestContext) => void;

/**
 * Measures how much of the fetched data a response used. Runs after the response is sent, and reports to the meter, and to the log at
 * level debug.
 */
export function createMeasuring(schema: GraphQLSchema, meter: OverfetchMeter, log: Logger): Measure {
  const known = new WeakMap<Prepared, OperationReads>();

  function readsBy(prepared: Prepared, document: DocumentNode): OperationReads {
    let reads = known.get(prepared);
    if (!reads) {
      reads = readsOf(schema, document, prepared.operation);
      known.set(prepared, reads);
    }
    return reads;
  }

  return (prepared, document, { requestId, ledger }) => {
    const screen = (prepared.isRegistered && prepared.operation.name?.value) || AD_HOC;
    if (!meter.isDue(screen)) return;
    // The response is sent in this turn of the event loop.
    setImmediate(() => {
      try {
        const uses = overfetchOf(ledger.entries, readsBy(prepared, document));
        meter.add(screen, uses);
        log.debug({ requestId, screen, fetched: uses.map(toLog) }, 'fetched and used');
      } catch (err) {
        log.error({ err, requestId, screen }, 'a response could not be measured');
      }
    });
  };
}

function toLog({ unread, ...figures }: EndpointUse) {
  return { ...figures, unread: Object.fromEntries(unread) };
}
