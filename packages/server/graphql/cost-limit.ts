import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import { OperationTooExpensiveError } from '../request/errors.ts';
import { type Cost, costOf } from './analysis/cost.ts';
import { UnboundedListError, type Variables } from './analysis/list-bounds.ts';
import { type LoadSite, UnstatedFieldError } from './analysis/load-sites.ts';

export type CostLimitCheck = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
) => GraphQLError | undefined;

/**
 * Refuses operations that could make more than so many logical calls. What holds for all variables is worked out once an
 * operation; only one that passes the ceiling with the worst of them is looked at again with its own.
 */
export function createCostLimit(schema: GraphQLSchema, maxCalls: number): CostLimitCheck {
  const refusals = new WeakMap<OperationDefinitionNode, { readonly error: OperationTooExpensiveError | undefined }>();

  const refusalOf = (document: DocumentNode, operation: OperationDefinitionNode, variables?: Variables) => {
    try {
      const cost = costOf(schema, document, operation, variables ? { variables } : {});
      return cost.calls > maxCalls ? tooExpensive(cost, maxCalls) : undefined;
    } catch (error) {
      if (!(error instanceof UnboundedListError || error instanceof UnstatedFieldError)) throw error;
      return new OperationTooExpensiveError(error.message, { path: error.path, maxCalls });
    }
  };

  return (document, operation, variables) => {
    let worst = refusals.get(operation);
    if (!worst) {
      worst = { error: refusalOf(document, operation) };
      refusals.set(operation, worst);
    }
    const error = worst.error && refusalOf(document, operation, withDefaults(operation, variables));
    return error && new GraphQLError(error.message, { nodes: operation, originalError: error });
  };
}

/** Variables that are not given have the value that the operation declares. */
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
