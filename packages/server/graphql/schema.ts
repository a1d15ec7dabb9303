import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  buildASTSchema,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  Source,
  validateSchema,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { InputError } from '../command/input-error.ts';
import { didYouMean } from '../command/nearest.ts';
import { guardSchema } from './schema/guard.ts';
import { type MissingField, missingFields } from './schema/missing-fields.ts';
import { locationOf, problemsOfResolvers, type ResolverMap, withoutPrototypes } from './schema/resolver-map.ts';
import { replaceScalars } from './schema/scalars.ts';

export type { ResolverMap } from './schema/resolver-map.ts';

/** All problems of a schema and its resolvers, one per line: file, line, column, problem, suggestion. */
export class SchemaError extends InputError {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Builds a client's schema from its file and its resolvers. Throws a SchemaError with all problems: of the SDL, of resolvers without a
 * field, and, unless `isUnfinished`, of fields that nothing resolves.
 */
export function readSchema(path: string, resolvers: ResolverMap, { isUnfinished = false } = {}): GraphQLSchema {
  const sdl = readSdl(path);
  return isUnfinished
    ? buildSchema(sdl, resolvers, displayPath(path))
    : completeSchema(sdl, resolvers, displayPath(path));
}

/** As `buildSchema`, and throws a SchemaError for fields that nothing resolves. */
export function completeSchema(sdl: string, resolvers: ResolverMap, file?: string): GraphQLSchema {
  const schema = buildSchema(sdl, resolvers, file);
  const missing = missingFields(schema);
  if (missing.length > 0) throw new SchemaError(missing.map((field) => problemOf(field, file ?? 'schema.graphql')));
  return schema;
}

/** Builds the schema of a file without resolvers. Throws a SchemaError with all problems. */
export function readTypes(path: string): GraphQLSchema {
  return typesOf(readSdl(path), displayPath(path));
}

/**
 * Builds a schema from SDL and resolvers. `file` is the SDL's path in problems. Throws a SchemaError for invalid SDL, for resolvers that
 * do not match it, and for abstract types whose values have no known type.
 */
export function buildSchema(sdl: string, resolvers: ResolverMap, file = 'schema.graphql'): GraphQLSchema {
  const typeDefs = typesOf(sdl, file);
  const problems = problemsOfResolvers(typeDefs, resolvers, file);
  if (problems.length > 0) throw new SchemaError(problems);
  const schema = makeExecutableSchema({ typeDefs, resolvers: withoutPrototypes(resolvers) });
  replaceScalars(schema, resolvers);
  guardSchema(schema);
  return schema;
}

function typesOf(sdl: string, file: string): GraphQLSchema {
  const document = parseSdl(sdl, file);
  const errors = validateSDL(document);
  if (errors.length > 0) throw new SchemaError(errors.map((error) => problemIn(error, file)));
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const invalid = validateSchema(schema);
  if (invalid.length > 0) throw new SchemaError(invalid.map((error) => problemIn(error, file)));
  return schema;
}

function readSdl(path: string): string {
  if (!existsSync(path)) throw new SchemaError([`${displayPath(path)} is missing. It is the client's schema.`]);
  return readFileSync(path, 'utf8');
}

/** The path relative to the working directory, when it is below it. */
function displayPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith('..') ? path : below;
}

function parseSdl(sdl: string, file: string): DocumentNode {
  try {
    return parse(new Source(sdl, file));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new SchemaError([problemIn(error, file)]);
  }
}

/** An error of graphql-js as one line. */
function problemIn({ locations, message }: GraphQLError, file: string): string {
  const [{ line, column } = { line: 1, column: 1 }] = locations ?? [];
  return `${file}:${line}:${column}: ${message}`;
}

function problemOf({ type, field, from, names }: MissingField, file: string): string {
  const where = locationOf(type.getFields()[field]?.astNode, file);
  const nearest = didYouMean(field, names);
  return `${where}: ${type.name}.${field} has no resolver, and ${from} has no property ${field}.${nearest || ' Add it to the resolvers.'}`;
}
