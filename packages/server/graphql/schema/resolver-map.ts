import {
  type ASTNode,
  type GraphQLAbstractType,
  type GraphQLNamedType,
  type GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { didYouMean } from '../../command/nearest.ts';
import { isObject } from '../../request/guards.ts';
import { planOfEntry } from '../plan.ts';

/**
 * The resolvers of a client by type name, as `makeExecutableSchema` takes them: fields as data, ordinary resolver functions, objects with
 * `resolve` or `subscribe`, scalars, internal values of enums, `__resolveType` and `__isTypeOf`.
 */
export type ResolverMap = Readonly<Record<string, GraphQLScalarType | Readonly<Record<string, unknown>>>>;

/**
 * All entries of a resolver map that do not match the schema, and all abstract types whose values have no known type, as lines with file,
 * line and column. graphql-tools checks less, stops at the first problem, and knows no locations.
 */
export function problemsOfResolvers(schema: GraphQLSchema, resolvers: ResolverMap, file: string): string[] {
  const problems = Object.entries(resolvers).flatMap(([typeName, entries]: [string, unknown]) => {
    const type = schema.getType(typeName);
    if (type === undefined) {
      const nearest = didYouMean(typeName, Object.keys(schema.getTypeMap()));
      if (isScalarType(entries)) return [`${file}:1:1: There is no scalar ${typeName} to implement.${nearest}`];
      const names = isObject(entries) ? Object.keys(entries).map((name) => `${typeName}.${name}`) : [typeName];
      return names.map((name) => `${file}:1:1: There is no type ${typeName}, and ${name} has a resolver.${nearest}`);
    }
    const where = locationOf(type.astNode, file);
    if (!isObject(entries)) return [`${where}: The resolvers of ${typeName} are not an object.`];
    if (isScalarType(type) && !isSpecifiedScalarType(type)) return [];
    return Object.entries(entries).flatMap(([name, value]) => {
      const problem = problemOfEntry(type, name, value);
      return problem === undefined ? [] : [`${where}: ${problem}`];
    });
  });
  const unresolved = Object.values(schema.getTypeMap())
    .filter(isAbstractType)
    .filter((type) => !isTypeKnown(schema, resolvers, type))
    .map((type) => `${locationOf(type.astNode, file)}: ${type.name} has no resolver __resolveType.`);
  return [...problems, ...unresolved];
}

/**
 * A copy of a resolver map whose objects inherit nothing. graphql-tools looks up a resolver for every field of the schema, and would find
 * `Object.prototype.constructor` for a field of that name.
 */
export function withoutPrototypes(resolvers: ResolverMap): Record<string, GraphQLScalarType | Record<string, never>> {
  const copy = Object.create(null);
  for (const [typeName, entries] of Object.entries(resolvers)) {
    copy[typeName] = isScalarType(entries) ? entries : Object.assign(Object.create(null), entries);
  }
  return copy;
}

/** Where the name of a type or a field is in the SDL: `file:line:column`. */
export function locationOf(node: (ASTNode & { readonly name?: ASTNode }) | null | undefined, file: string): string {
  const token = (node?.name ?? node)?.loc?.startToken;
  return `${file}:${token?.line ?? 1}:${token?.column ?? 1}`;
}

function problemOfEntry(type: GraphQLNamedType, name: string, value: unknown): string | undefined {
  const entry = `${type.name}.${name}`;
  if (isEnumType(type)) {
    if (type.getValue(name)) return undefined;
    const names = type.getValues().map((each) => each.name);
    return `${type.name} has no value ${name}, and ${entry} has an internal value.${didYouMean(name, names)}`;
  }
  if (name === '__resolveType' ? isAbstractType(type) : name === '__isTypeOf' && isObjectType(type)) {
    return typeof value === 'function' ? undefined : `The resolver of ${entry} is not a function.`;
  }
  if (isObjectType(type) && type.getFields()[name]) {
    return isResolver(value) ? undefined : `The resolver of ${entry} is not a function or an object with resolve.`;
  }
  if (isInterfaceType(type) && type.getFields()[name]) {
    return `${type.name} is an interface, and ${entry} has a resolver. Move it to the types that implement ${type.name}.`;
  }
  const names = isObjectType(type) ? Object.keys(type.getFields()) : [];
  return `${type.name} has no field ${name}, and ${entry} has a resolver.${didYouMean(name, names)}`;
}

function isResolver(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (!isObject(value)) return false;
  const { resolve, subscribe } = value;
  const isOptional = (each: unknown) => each === undefined || typeof each === 'function';
  return isOptional(resolve) && isOptional(subscribe) && (resolve ?? subscribe) !== undefined;
}

/**
 * Whether the concrete type of an abstract type's values can be found. Without `__resolveType` and `__isTypeOf`, graphql-js reads the
 * value's `__typename`. An ordinary resolver may provide that; rows of services do not.
 */
function isTypeKnown(schema: GraphQLSchema, resolvers: ResolverMap, type: GraphQLAbstractType): boolean {
  if (entryOf(resolvers, type.name, '__resolveType')) return true;
  const possible = schema.getPossibleTypes(type);
  if (possible.length > 0 && possible.every(({ name }) => entryOf(resolvers, name, '__isTypeOf'))) return true;
  const returning = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((parent) =>
      Object.values(parent.getFields())
        .filter((field) => getNamedType(field.type) === type)
        .map((field) => entryOf(resolvers, parent.name, field.name)),
    );
  return returning.length > 0 && returning.every(isHandWritten);
}

function isHandWritten(entry: unknown): boolean {
  if (typeof entry !== 'function' && !isObject(entry)) return false;
  const plan = planOfEntry(entry);
  return plan === undefined || plan.runs === 'resolver';
}

function entryOf(resolvers: ResolverMap, typeName: string, name: string): unknown {
  const entries: unknown = Object.hasOwn(resolvers, typeName) ? resolvers[typeName] : undefined;
  return isObject(entries) && Object.hasOwn(entries, name) ? entries[name] : undefined;
}
