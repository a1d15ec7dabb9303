import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type { Endpoint } from '../../downstream/endpoint.ts';
import { planOf } from '../plan.ts';

/** A field without a resolver whose parent has no property of its name. */
export interface MissingField {
  readonly type: GraphQLObjectType;
  readonly field: string;
  /** A description of its parent. */
  readonly from: string;
  /** The properties of its parent. */
  readonly names: readonly string[];
}

/** The parent of fields, as far as it is known before execution. */
interface Parent {
  /** The row that it is, or the part of a row at a path such as `shippingAddress`. */
  readonly row?: { readonly endpoint: Endpoint; readonly path: string } | undefined;
  /** Its properties, if it is no row of a service. */
  readonly properties?: readonly string[] | undefined;
  /** The page that it is part of. `at` lists the fields that lead to a row. */
  readonly page?: { readonly endpoint: Endpoint; readonly at: readonly string[] } | undefined;
}

/**
 * The fields of a schema that would be null or fail in every request. The type check finds them too (required-resolvers.ts), unless the
 * schema changed after it. Objects of hand-written resolvers are unknown, so that none of their fields is missing.
 */
export function missingFields(schema: GraphQLSchema): MissingField[] {
  const found = new Map<string, MissingField>();
  const seen = new Set<string>();
  const enter = (type: unknown, parent: Parent): void => {
    if (isAbstractType(type)) for (const possible of schema.getPossibleTypes(type)) enter(possible, parent);
    if (!isObjectType(type)) return;
    const key = keyOf(type, parent);
    if (seen.has(key)) return;
    seen.add(key);
    for (const field of Object.values(type.getFields())) {
      const missing = missingIn(type, field, parent);
      if (missing) found.set(`${type.name}.${field.name}`, missing);
      else enter(getNamedType(field.type), below(field, parent));
    }
  };
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    enter(root, { properties: [] });
  }
  return [...found.values()];
}

function keyOf({ name }: GraphQLObjectType, { row, properties, page }: Parent): string {
  const ofRow = row && [row.endpoint.service, row.endpoint.path, row.path];
  return JSON.stringify([name, ofRow, properties, page && [page.endpoint.service, page.endpoint.path, page.at]]);
}

function missingIn(
  type: GraphQLObjectType,
  { name, resolve }: GraphQLField<unknown, unknown>,
  { row, properties }: Parent,
): MissingField | undefined {
  if (resolve) return undefined;
  const names = properties ?? (row && propertiesOf(row));
  if (names === undefined || names.includes(name)) return undefined;
  const from = row ? `${row.endpoint.name} of ${row.endpoint.service}${row.path && ` (${row.path})`}` : 'its object';
  return { type, field: name, from, names };
}

function propertiesOf(row: NonNullable<Parent['row']>): readonly string[] | undefined {
  const names = row.endpoint.properties[pathInResponse(row)];
  return names?.length === 0 ? undefined : names;
}

/** The parent of the fields below a field. */
function below(field: GraphQLField<unknown, unknown>, { row, page }: Parent): Parent {
  const { name } = field;
  const plan = planOf(field);
  if (!plan) return {};
  const [call, ...others] = plan.calls;
  if (call && others.length === 0 && call.rowAt.length > 0) {
    return { properties: plan.provides, page: { endpoint: call.endpoint, at: call.rowAt } };
  }
  if (plan.provides) return { properties: plan.provides, page: inPage(page, name) };
  if (call) {
    if (others.length > 0 || call.reads === 'all') return {};
    if (call.reads === undefined) return { row: { endpoint: call.endpoint, path: '' } };
    return call.passthrough ? { row: { endpoint: call.endpoint, path: call.reads.join('.') } } : {};
  }
  const within = inPage(page, name);
  if (page && within === undefined) return {};
  if (within) return within.at.length === 0 ? { row: { endpoint: within.endpoint, path: '' } } : { page: within };
  if (!row || !plan.passthrough) return {};
  const inner = { ...row, path: [row.path, ...plan.reads].filter((part) => part !== '').join('.') };
  // The document lists a recursive object once. Below that, nothing is known, and the paths would never end.
  return Object.hasOwn(row.endpoint.properties, pathInResponse(inner)) ? { row: inner } : {};
}

const pathInResponse = ({ endpoint, path }: NonNullable<Parent['row']>): string =>
  [endpoint.rows.path, path].filter((part) => part !== '').join('.');

/** The page, one field further down. Undefined if that field does not lead to a row. */
function inPage(page: Parent['page'], name: string): Parent['page'] {
  if (page?.at[0] !== name) return undefined;
  return { endpoint: page.endpoint, at: page.at.slice(1) };
}
