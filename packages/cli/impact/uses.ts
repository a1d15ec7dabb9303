import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import { fieldCollector } from '@facet/server/internal/graphql/analysis/collect-fields.ts';
import { UnboundedListError } from '@facet/server/internal/graphql/analysis/list-bounds.ts';
import { loadSitesOf, UnstatedFieldError } from '@facet/server/internal/graphql/analysis/load-sites.ts';
import { selectionOf } from '@facet/server/internal/graphql/analysis/selection.ts';
import { type DocumentNode, type GraphQLSchema, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Use } from './use.ts';
import { type Asked, NOWHERE, type PlaceOf, Walk } from './walk.ts';

/** What all fields of a schema use, whoever asks for them. */
export function usesOf(schema: GraphQLSchema, placeOf: PlaceOf): Use[] {
  const walk = new Walk(schema, placeOf, {
    fieldsOf: (type) =>
      Object.values(type.getFields()).map((definition) => ({ definition, arguments: undefined, selections: [] })),
    propertiesOf: ({ sparse }) => (sparse === undefined ? undefined : 'any'),
    mostKeys: () => Number.POSITIVE_INFINITY,
  });
  const root = schema.getQueryType();
  if (root) walk.enter([], root, NOWHERE);
  return walk.uses();
}

/** What the fields that a document's operation selects use. */
export function usesIn(schema: GraphQLSchema, placeOf: PlaceOf, document: DocumentNode): Use[] {
  const operation = getOperationAST(document);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return [];
  const walk = new Walk(schema, placeOf, asSelected(schema, document, operation));
  walk.enter([operation.selectionSet], root, NOWHERE);
  return walk.uses();
}

function asSelected(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Asked {
  const collectFields = fieldCollector(schema, document);
  const selection = selectionOf(schema, document, operation);
  return {
    fieldsOf: (type, selections) => collectFields(selections, type),
    propertiesOf: (endpoint) => selection.get(endpoint),
    mostKeys: keysIn(schema, document, operation),
  };
}

/** Loads of all places of an operation may come at one moment, and are one batch then. */
function keysIn(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (endpoint: Endpoint) => number {
  try {
    const sites = loadSitesOf(schema, document, operation);
    return (endpoint) =>
      sites.filter((site) => site.endpoint === endpoint).reduce((total, { keys }) => total + keys, 0);
  } catch (error) {
    if (error instanceof UnboundedListError || error instanceof UnstatedFieldError)
      return () => Number.POSITIVE_INFINITY;
    throw error;
  }
}
