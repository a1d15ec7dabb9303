import { GraphQLError } from 'graphql';
import { ResolverError, thrownOf } from '../graphql/answer-error.ts';
import { CallerGoneError, CodedError } from '../request/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { sampledLog } from '../telemetry/log.ts';

/**
 * Keeps the process alive when a promise is rejected that nothing waits for. graphql-js drops the promises of a list's other items when
 * one of them is null and must not be. The response has reported its error by then. Callers can trigger both, so they are logged with
 * sampling. Other rejections are logged as errors, or left to Node (`others: 'node'`), which ends the process unless the host application
 * has a listener of its own. Returns a function that undoes it.
 */
export function surviveLateRejections(log: Logger, { others = 'log' }: { others?: 'log' | 'node' } = {}): () => void {
  const late = sampledLog(log, 'a promise was rejected after its response');
  const unhandled = sampledLog(log, 'unhandled rejection', 'error');
  const listener = (reason: unknown) => {
    if (isLate(reason)) late({}, { err: thrownOf(reason) });
    else if (others === 'log') unhandled({}, { err: reason });
    else if (process.listeners('unhandledRejection').every((one) => LISTENERS.has(one))) throw reason;
  };
  LISTENERS.add(listener);
  process.on('unhandledRejection', listener);
  return () => {
    process.off('unhandledRejection', listener);
  };
}

/** Listeners of this module. Several BFFs in one process have one each. */
const LISTENERS = new WeakSet<object>();

function isLate(reason: unknown): boolean {
  try {
    return LATE.some((kind) => reason instanceof kind);
  } catch {
    // Any value can be a reason, and a proxy may throw when it is asked for its prototype.
    return false;
  }
}

const LATE = [GraphQLError, CodedError, CallerGoneError, ResolverError];
