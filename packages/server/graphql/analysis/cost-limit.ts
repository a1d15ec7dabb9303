import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import { OperationTooExpensiveError } from '../../request/errors.ts';
import { type Cost, costOf } from './cost.ts';
import { UnboundedListError, type Variables } from './list-bounds.ts';
import { type LoadSite, UnstatedFieldError } from './load-sites.ts';

export type CostLimitCheck = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
) => GraphQLError | undefined;

/**
 * Rejects operations that could make more than `maxCalls` logical calls. The worst case for all variables is computed once per operation;
 * only an operation that exceeds the limit is checked again with its own variables.
 */
export function createCostLimit(schema: GraphQLSchema, maxCalls: number): CostLimitCheck {
  const worstCases = new WeakMap<OperationDefinitionNode, { readonly error: OperationTooExpensiveError | undefined }>();

  const errorOf = (document: DocumentNode, operation: OperationDefinitionNode, variables?: Variables) => {
    try {
      const cost = costOf(schema, document, operation, variables ? { variables } : {});
      return cost.calls > maxCalls ? tooExpensive(cost, maxCalls) : undefined;
    } catch (error) {
      if (!(error instanceof UnboundedListError || error instanceof UnstatedFieldError)) throw error;
      return new OperationTooExpensiveError(error.message, { path: error.path, maxCalls });
    }
  };

  return (document, operation, variables) => {
    let worst = worstCases.get(operation);
    if (!worst) {
      worst = { error: errorOf(document, operation) };
      worstCases.set(operation, worst);
    }
    const error = worst.error && errorOf(document, operation, withDefaults(operation, variables));
    return error && new GraphQLError(error.message, { nodes: operation, originalError: error });
  };
}

/** The variables, with the operation's defaults for those that are missing. */
export function withDefaults({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): Variables {
  const defaults = variableDefinitions.map(({ variable, defaultValue }) => [
    variable.name.value,
    defaultValue && valueFromASTUntyped(defaultValue),
  ]);
  return { ...Object.fromEntries(defaults), ...variables };
}

function tooExpensive({ calls, sites }: Cost, maxCalls: number): OperationTooExpensiveError {
  const most = sites.reduce<LoadSite | undefined>(
    (worst, site) => (worst && worst.calls >= site.calls ? worst : site),
    undefined,
  );
  const path = most?.path ?? '';
  return new OperationTooExpensiveError(
    `The operation could make ${calls} calls, and ${maxCalls} are allowed; ${most?.calls} of them at ${path}.`,
    { path, calls, maxCalls },
  );
}
