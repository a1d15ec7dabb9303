import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  execute as graphqlExecute,
} from 'graphql';
import { ErrorCode } from '../request/errors.ts';
import type { Logger } from '../telemetry/log.ts';
import { toAnswerError } from './answer-error.ts';
import type { Context } from './context.ts';
import { createRangeCheck } from './ranges.ts';

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Runs a parsed and validated operation. Never rejects; errors are ready for the caller. */
export type Execute = (operation: Operation, context: Context) => Promise<ExecutionResult>;

/** The one executor of a schema, behind every door of its server. */
export function createExecute(schema: GraphQLSchema, log: Logger): Execute {
  const outOfRange = createRangeCheck(schema);

  return async ({ document, operationName, variables }, context) => {
    const operation = getOperationAST(document, operationName);
    const refused =
      operation && (noRootType(schema, operation.operation) ?? outOfRange(document, operation, variables));
    const result = refused
      ? { errors: [refused] }
      : await graphqlExecute({
          schema,
          document,
          operationName,
          contextValue: context,
          variableValues: variables,
        });
    if (!result.errors) return result;
    const errors = result.errors.map((error) =>
      toAnswerError(withCode(error, result, operation === null), context.request, log),
    );
    return { ...result, errors };
  };
}

function noRootType(schema: GraphQLSchema, operation: string): GraphQLError | undefined {
  const known = operation === 'query' || (operation === 'mutation' && schema.getMutationType());
  if (known) return undefined;
  return new GraphQLError(`The schema has no ${operation}.`, { extensions: { code: ErrorCode.ValidationFailed } });
}

/** Before execution graphql-js refuses for two reasons only: there is no such operation, or a variable is wrong. */
function withCode(error: GraphQLError, result: ExecutionResult, unknownOperation: boolean): GraphQLError {
  if (result.data !== undefined || error.extensions['code'] !== undefined) return error;
  const code = unknownOperation ? ErrorCode.OperationResolutionFailure : ErrorCode.BadUserInput;
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions: { code } });
}
