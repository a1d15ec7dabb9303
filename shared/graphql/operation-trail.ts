import type { GraphQLFormattedError } from 'graphql';
import type { OperationTrail, Trail } from '../request/trail.ts';
import type { Prepared } from './prepare.ts';

/** Notes that an operation begins, for whoever looks at its request. */
export function beginOperation(trail: Trail, { operation, isRegistered }: Prepared): OperationTrail {
  const began: OperationTrail = {
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
  began: OperationTrail,
  errors: readonly Pick<GraphQLFormattedError, 'extensions'>[],
): void {
  began.endedAt = performance.now();
  began.codes = errors.map(({ extensions }) => extensions?.['code']);
}
