import { arg, list, load, money, resolver, screen } from '@facet/server';
import { type Cost, costOf } from '@facet/server/internal/graphql/analysis/cost.ts';
import { completeSchema, type ResolverMap } from '@facet/server/internal/graphql/schema.ts';
import { getOperationAST, parse } from 'graphql';
import type { Field, Starter } from './model.ts';
import { schemaOf } from './schema-template.ts';
import { screenOf } from './screen.ts';

/** The worst case of the starter's screen. Throws a SchemaError if the derived schema does not match the project's services. */
export function costOfStart(starter: Starter): Cost {
  const document = parse(screenOf(starter));
  const operation = getOperationAST(document);
  if (!operation) throw new Error('The screen Start has no operation.');
  return costOf(completeSchema(schemaOf(starter), resolversFor(starter)), document, operation);
}

/** The same resolvers as in the generated module, as values. */
function resolversFor({ sections, lookups, types }: Starter): ResolverMap {
  const start = sections.map(({ name, endpoint: { endpoint }, arguments: all }) => {
    // Names that are known at run time only cannot be checked against those of the endpoint.
    const params: Record<never, never> = Object.fromEntries(all.map((each) => [each.parameter, arg(each.name)]));
    return [name, endpoint.kind === 'list' ? list(endpoint, params) : undefined];
  });
  const queries = lookups.map(({ name, endpoint: { endpoint } }) => [
    name,
    endpoint.kind === 'batch' ? load(endpoint, arg('id')) : undefined,
  ]);
  const ofTypes = types.map(({ name, fields }) => [name, Object.fromEntries(fields.flatMap(entryOf))]);
  return {
    Query: { start: screen(), ...Object.fromEntries(queries) },
    Start: sections.length === 0 ? { hello: resolver({}, () => 'Hello') } : Object.fromEntries(start),
    ...Object.fromEntries(ofTypes),
  };
}

function entryOf(field: Field): [string, unknown][] {
  if (field.kind === 'property') return [];
  if (field.kind === 'money') return [[field.name, money(field.cents, field.currency)]];
  const { endpoint } = field.endpoint;
  return endpoint.kind === 'batch' ? [[field.name, load(endpoint, field.property)]] : [];
}
