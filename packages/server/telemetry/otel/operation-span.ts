import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { ErrorCode } from '../../request/errors.ts';
import type { Ledger } from '../../request/ledger.ts';
import type { OperationTrace } from '../../request/request-trace.ts';
import {
  ATTR_GRAPHQL_DOCUMENT,
  ATTR_GRAPHQL_OPERATION_NAME,
  ATTR_GRAPHQL_OPERATION_TYPE,
  ATTR_SERVICE_PEER_NAME,
  FACET,
} from './conventions.ts';
import { spanOf, type TraceParts } from './span.ts';

/** Longest recorded name of an operation, in characters. */
const MAX_NAME = 100;

/** Errors of the caller, which do not fail the operation, as a 4xx does not fail an HTTP server. */
const CALLER_ERRORS: ReadonlySet<unknown> = new Set([
  ErrorCode.ValidationFailed,
  ErrorCode.OperationTooExpensive,
  ErrorCode.OperationResolutionFailure,
  ErrorCode.BadUserInput,
]);

/** The span of an operation, by the conventions for GraphQL servers. Cache hits are its events. */
export function operationSpan(
  trace: TraceParts,
  { name, type, document, startedAt, endedAt, codes }: OperationTrace,
  ledger: Ledger,
  {
    context,
    parent,
    goneAt,
  }: { readonly context: SpanContext; readonly parent: SpanContext; readonly goneAt?: number },
): ReadableSpan {
  // The errors of a cancelled operation are not sent to anyone.
  const isCancelled = goneAt !== undefined;
  const serverError = isCancelled ? undefined : codes.find((code) => !CALLER_ERRORS.has(code));
  const failure = serverError === undefined ? undefined : String(serverError);
  return spanOf(trace, {
    // Names of ad-hoc operations would make too many span names.
    name: document === undefined || name === undefined ? type : `${type} ${name}`,
    parent,
    context,
    startedAt,
    endedAt: goneAt ?? endedAt ?? startedAt,
    failure,
    attributes: {
      [ATTR_GRAPHQL_OPERATION_TYPE]: type,
      ...(name === undefined ? {} : { [ATTR_GRAPHQL_OPERATION_NAME]: name.slice(0, MAX_NAME) }),
      ...(document === undefined ? {} : { [ATTR_GRAPHQL_DOCUMENT]: document }),
      ...(isCancelled ? { [FACET.cancelled]: true } : errorAttributes(codes, failure)),
    },
    events: ledger.entries
      .filter(({ cached }) => cached)
      .map(({ service, endpoint, keys, staleKeys, startMs, trace: call }) => ({
        name: 'cache hit',
        at: ledger.startedAt + startMs,
        attributes: {
          [ATTR_SERVICE_PEER_NAME]: service,
          [FACET.endpoint]: endpoint,
          [FACET.keys]: keys,
          [FACET.staleKeys]: staleKeys,
          [FACET.fields]: (call?.fields ?? []).map(({ path }) => path),
        },
      })),
  });
}

function errorAttributes(codes: readonly unknown[], failure: string | undefined): Attributes {
  if (codes.length === 0) return {};
  return { [ATTR_ERROR_TYPE]: failure ?? String(codes[0]), [FACET.errors]: codes.length };
}
