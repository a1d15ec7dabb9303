import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import { type Cost, costOf } from '@facet/server/internal/graphql/analysis/cost.ts';
import { UnboundedListError } from '@facet/server/internal/graphql/analysis/list-bounds.ts';
import { UnstatedFieldError } from '@facet/server/internal/graphql/analysis/load-sites.ts';
import { type Budget, breachesOf } from '@facet/server/internal/graphql/budget.ts';
import { type GraphQLSchema, getOperationAST } from 'graphql';
import { answerOf } from './answer.ts';
import type { Change } from './changes.ts';
import type { Node } from './document.ts';
import type { Client } from './service.ts';

/** A screen that exceeds its budget because lists of a service get longer. */
export interface Breach {
  readonly client: string;
  readonly screen: string;
  readonly problem: string;
}

type MaxItemsOf = (endpoint: Endpoint) => Endpoint['maxItems'];

/** The budgets of a client's screens that are exceeded because of changed lengths of a service's lists. */
export function breachesBy(
  service: string,
  before: Node,
  changes: readonly Change[],
  { name: client, schema, screens }: Client,
  budget: Budget,
): Breach[] {
  return screens.flatMap(({ name: screen, document }) => {
    const problems = (maxItemsOf: MaxItemsOf) => problemsOf(schema, screen, document, budget, maxItemsOf);
    const known = problems(withLengths(service, before, []));
    return problems(withLengths(service, before, changes))
      .filter((problem) => !known.includes(problem))
      .map((problem) => ({ client, screen, problem }));
  });
}

function problemsOf(
  schema: GraphQLSchema,
  screen: string,
  document: Client['screens'][number]['document'],
  budget: Budget,
  maxItemsOf: MaxItemsOf,
): string[] {
  const operation = getOperationAST(document);
  const allowed = budget.screens[screen];
  if (!operation || !allowed) return [];
  try {
    const costs = new Map<string, Cost>([[screen, costOf(schema, document, operation, { maxItemsOf })]]);
    return breachesOf({ ...budget, screens: { [screen]: allowed } }, costs);
  } catch (error) {
    if (error instanceof UnboundedListError || error instanceof UnstatedFieldError)
      return [`${screen}: ${error.message}`];
    throw error;
  }
}

/** The bounds of lists: for this service those of the document with the changes applied, for others their own. */
function withLengths(service: string, document: Node, changes: readonly Change[]): MaxItemsOf {
  const bounds: Record<string, Record<string, number>> = {};
  for (const path of Object.keys(Object(document['paths']))) {
    bounds[path] = Object.fromEntries(['get', 'post'].flatMap((method) => lengthsOf(document, path, method)));
  }
  for (const { path, of } of changes) {
    const ofPath = bounds[path];
    if (!ofPath || of.about !== 'answer' || of.what !== 'length') continue;
    if (of.most === undefined) delete ofPath[of.property];
    else ofPath[of.property] = of.most;
  }
  return (endpoint) => (endpoint.service === service ? (bounds[endpoint.path] ?? {}) : endpoint.maxItems);
}

function lengthsOf(document: Node, path: string, method: string): [string, number][] {
  const answer = answerOf(document, path, method);
  return (answer?.allProperties() ?? []).flatMap((property): [string, number][] => {
    const most = answer?.at(property)?.maxItems;
    return most === undefined ? [] : [[property, most]];
  });
}
