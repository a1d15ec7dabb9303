import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { serviceNamed } from '../../downstream/services.ts';
import { costOf } from '../../graphql/analysis/cost.ts';
import { withDefaults } from '../../graphql/analysis/cost-limit.ts';
import { UnboundedListError } from '../../graphql/analysis/list-bounds.ts';
import { UnstatedFieldError } from '../../graphql/analysis/load-sites.ts';
import { MAX_TOKENS, sizeRule } from '../documents/size-limits.ts';
import type { Settings } from '../settings/settings.ts';

import type { Bound } from './protocol.ts';

/** An operation of a request, or one that is being written. */
export interface Written {
  readonly query: string;
  readonly operationName: string | undefined;
  /** The variables of one request; undefined for the worst case. */
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** Returns the worst cost of an operation. Throws a GraphQLError with the first problem of an invalid one. */
export type Estimate = (written: Written) => Bound;

const MAX_SITES = 200;
const MAX_ERRORS = 5;

export function createEstimate(schema: GraphQLSchema, { services, introspection }: Settings): Estimate {
  const rules = [...specifiedRules, sizeRule];
  const options = { maxErrors: MAX_ERRORS, hideSuggestions: !introspection };

  return ({ query, operationName, variables }) => {
    const document = parse(query, { maxTokens: MAX_TOKENS });
    const [error] = validate(schema, document, rules, options);
    if (error) throw error;
    const operation = getOperationAST(document, operationName);
    if (!operation) throw new GraphQLError('operationName is required: the document has several operations.');
    return boundOf(document, operation, variables && withDefaults(operation, variables));
  };

  function boundOf(document: DocumentNode, operation: OperationDefinitionNode, variables: Written['variables']): Bound {
    try {
      const { sites, calls, waves, timeMs, rows, attempts } = costOf(schema, document, operation, {
        ...(variables ? { variables } : {}),
        timeoutMs: (endpoint) => endpoint.timeoutMs ?? serviceNamed(services, endpoint.service).timeoutMs,
      });
      return { calls, waves, timeMs, rows, attempts, sites: sites.slice(0, MAX_SITES).map(toSite) };
    } catch (error) {
      if (!(error instanceof UnboundedListError || error instanceof UnstatedFieldError)) throw error;
      throw new GraphQLError(error.message, { nodes: operation });
    }
  }
}

function toSite({
  path,
  endpoint,
  wave,
  calls,
  keys,
}: ReturnType<typeof costOf>['sites'][number]): Bound['sites'][number] {
  return { path, service: endpoint.service, endpoint: endpoint.name, wave, calls, keys };
}
