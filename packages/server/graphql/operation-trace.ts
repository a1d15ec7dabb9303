import type { GraphQLFormattedError } from 'graphql';
import type { OperationTrace, RequestTrace } from '../request/request-trace.ts';
import type { Prepared } from './prepare.ts';

/** Notes that an operation begins, for whoever looks at its request. */
export function beginOperation(trail: RequestTrace, { operation, isRegistered }: Prepared): OperationTrace {
  const began: OperationTrace = {
    name: operation.name?.value,
    type: operation.operation,
    document: isRegistered ? operation.loc?.source.body : undefined,
    startedAt: performance.now(),
    endedAt: undefined,
    codes: [],
  };
  trail.operation = began;
  return began;
}

export function endOperation(
  began: OperationTrace,
  errors: readonly Pick<GraphQLFormattedError, 'extensions'>[],
): void {
  began.endedAt = performance.now();
  began.codes = errors.map(({ extensions }) => extensions?.['code']);
}
