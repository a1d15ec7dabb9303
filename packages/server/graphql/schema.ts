import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import {
  type ASTNode,
  buildASTSchema,
  type DocumentNode,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  parse,
  Source,
  validateSchema,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { InputError } from '../command/input-error.ts';
import { didYouMean } from '../command/nearest.ts';
import { parseExactly } from '../request/exact-json.ts';
import { ResolverError } from './answer-error.ts';
import type { Context } from './context.ts';
import { replaceNumberScalars } from './exact-scalars.ts';
import { guardResolver, guardTypeResolver } from './guard.ts';
import { type MissingField, missingFields } from './missing-fields.ts';

/** What resolves the fields of object types, and as `__resolveType` the type of an interface's or union's values. */
export type ResolverMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Every problem of a schema and its resolvers, a line each: file, line, column, problem, suggestion. */
export class SchemaError extends InputError {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * A client's schema from its file and its resolver map. Throws a SchemaError with all problems: of the SDL; of resolvers that the
 * schema has no field for; and of fields that nothing resolves, unless `isUnfinished`.
 */
export function readSchema(path: string, resolvers: ResolverMap, { isUnfinished = false } = {}): GraphQLSchema {
  const sdl = readSdl(path);
  return isUnfinished ? buildSchema(sdl, resolvers, shown(path)) : completeSchema(sdl, resolvers, shown(path));
}

/** As buildSchema. Throws a SchemaError also for fields that nothing resolves. */
export function completeSchema(sdl: string, resolvers: ResolverMap, file?: string): GraphQLSchema {
  const schema = buildSchema(sdl, resolvers, file);
  const missing = missingFields(schema);
  if (missing.length > 0) throw new SchemaError(missing.map((field) => problemOf(field, file ?? 'schema.graphql')));
  return schema;
}

/** The schema in a file, without resolvers. Throws a SchemaError with all problems. */
export function readTypes(path: string): GraphQLSchema {
  return typesOf(readSdl(path), shown(path));
}

function readSdl(path: string): string {
  if (!existsSync(path)) throw new SchemaError([`${shown(path)} is missing: it is the client's schema.`]);
  return readFileSync(path, 'utf8');
}

/** Paths as people type them: below the folder that they are in. */
function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}

/**
 * A schema from SDL and a resolver map; `file` is where the SDL is, for problems. Throws a SchemaError where the SDL is not valid, and
 * where the map has something that the SDL has not, or the SDL an abstract type that the map does not resolve.
 */
export function buildSchema(sdl: string, resolvers: ResolverMap, file = 'schema.graphql'): GraphQLSchema {
  const schema = typesOf(sdl, file);
  const problems = Object.entries(resolvers).flatMap(([typeName, fields]) =>
    Object.entries(fields).flatMap(([name, resolve]) => attach(schema, typeName, name, resolve, file)),
  );
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type) && !type.resolveType) {
      problems.push(`${placeOf(type.astNode, file)}: ${type.name} has no resolver __resolveType.`);
    }
  }
  if (problems.length > 0) throw new SchemaError(problems);
  replaceNumberScalars(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || isSpecifiedScalarType(type)) continue;
    type.serialize = type.name === 'DateTime' ? toDateTime : (value) => toJson(type.name, value);
  }
  return schema;
}

function typesOf(sdl: string, file: string): GraphQLSchema {
  const document = parsed(sdl, file);
  const errors = validateSDL(document);
  if (errors.length > 0) throw new SchemaError(errors.map((error) => problemIn(error, file)));
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const invalid = validateSchema(schema);
  if (invalid.length > 0) throw new SchemaError(invalid.map((error) => problemIn(error, file)));
  return schema;
}

function parsed(sdl: string, file: string): DocumentNode {
  try {
    return parse(new Source(sdl, file));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new SchemaError([problemIn(error, file)]);
  }
}

/** A problem that graphql-js has found, in one line. */
function problemIn({ locations, message }: GraphQLError, file: string): string {
  const [{ line, column } = { line: 1, column: 1 }] = locations ?? [];
  return `${file}:${line}:${column}: ${message}`;
}

/** Where a type's or field's name is. */
function placeOf(node: (ASTNode & { readonly name?: ASTNode }) | null | undefined, file: string): string {
  const token = (node?.name ?? node)?.loc?.startToken;
  return `${file}:${token?.line ?? 1}:${token?.column ?? 1}`;
}

function problemOf({ type, field, from, names }: MissingField, file: string): string {
  const where = placeOf(type.getFields()[field]?.astNode, file);
  const nearest = didYouMean(field, names);
  return `${where}: ${type.name}.${field} has no resolver, and ${from} has no property ${field}.${nearest || ' Add it to the resolvers.'}`;
}

/** Attaches a resolver; the problems, if there are any. */
function attach(schema: GraphQLSchema, typeName: string, name: string, resolve: unknown, file: string): string[] {
  const type = schema.getType(typeName);
  if (type === undefined) {
    const nearest = didYouMean(typeName, Object.keys(schema.getTypeMap()));
    return [`${file}:1:1: There is no type ${typeName}, and ${typeName}.${name} has a resolver.${nearest}`];
  }
  const where = placeOf(type.astNode, file);
  if (typeof resolve !== 'function') return [`${where}: The resolver of ${typeName}.${name} is not a function.`];
  const fields = isObjectType(type) ? type.getFields() : {};
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field) field.resolve = guardResolver(resolve as GraphQLFieldResolver<unknown, Context>, field.type);
  else if (isAbstractType(type) && name === '__resolveType') {
    type.resolveType = guardTypeResolver(resolve as GraphQLTypeResolver<unknown, Context>);
  } else {
    const nearest = didYouMean(name, Object.keys(fields));
    return [`${where}: ${typeName} has no field ${name}, and ${typeName}.${name} has a resolver.${nearest}`];
  }
  return [];
}

/**
 * A value of a custom scalar as plain JSON. Serialising the response cannot fail on it then: a value without a JSON form, and code in
 * `toJSON` or a getter that throws, are errors of the field.
 */
function toJson(scalar: string, value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value;
  const text = typeof value === 'number' ? undefined : jsonOf(value);
  if (text === undefined) throw new GraphQLError(`${scalar} cannot represent a value without a JSON form.`);
  return parseExactly(text);
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new ResolverError(error);
  }
}

/** Fractions of a second have no end in RFC 3339; ours have. */
const MAX_DATE_TIME = 64;
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** What a service says is a moment in time goes on as it is, where it is one. */
function toDateTime(value: unknown): string {
  if (typeof value === 'string' && value.length <= MAX_DATE_TIME && RFC3339.test(value)) return value;
  throw new GraphQLError('DateTime cannot represent what is not in the form of RFC 3339.');
}
