import type { Request } from 'express';
import { BadRequestError } from '../../request/errors.ts';
import { parseExactly } from '../../request/exact-json.ts';
import { isObject } from '../../request/guards.ts';
import { queryOf } from './head.ts';

/** The parameters of a GraphQL request (GraphQL over HTTP, "Request Parameters"). */
export interface GraphQLParams {
  readonly query: string | undefined;
  /** The id of a registered document, in place of its text (GraphQL over HTTP, "Persisted Documents"). */
  readonly documentId: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The parameters in the parsed body of a POST. Throws BadRequestError. */
export function paramsOfBody(body: unknown): GraphQLParams {
  if (!isObject(body)) throw new BadRequestError(400, 'The body must be a JSON object.');
  return paramsOf(body);
}

/** The parameters in the query string of a GET. Throws BadRequestError. */
export function paramsOfQuery(request: Request): GraphQLParams {
  const searchParams = queryOf(request);
  const text = (name: string) => searchParams.get(name) ?? undefined;
  return paramsOf({
    query: text('query'),
    documentId: text('documentId'),
    operationName: text('operationName') || undefined,
    variables: parsed('variables', text('variables')),
    extensions: parsed('extensions', text('extensions')),
  });
}

function paramsOf(given: Readonly<Record<string, unknown>>): GraphQLParams {
  return {
    query: stringOf(given, 'query'),
    documentId: stringOf(given, 'documentId'),
    operationName: stringOf(given, 'operationName'),
    variables: objectOf(given, 'variables'),
    extensions: checked(objectOf(given, 'extensions')),
  };
}

/** Checks the extension of automatic persisted queries, version 1. Apollo Server would not say what is wrong with it. */
function checked(extensions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { persistedQuery, ...others } = extensions;
  if (persistedQuery === undefined || persistedQuery === null) return others;
  const valid =
    isObject(persistedQuery) &&
    persistedQuery['version'] === 1 &&
    typeof persistedQuery['sha256Hash'] === 'string' &&
    persistedQuery['sha256Hash'].length === 64 &&
    /^[0-9a-f]{64}$/i.test(persistedQuery['sha256Hash']);
  if (valid) return extensions;
  throw new BadRequestError(
    400,
    'The extension "persistedQuery" must have version 1 and a sha256Hash of 64 hex digits.',
  );
}

function stringOf(given: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = given[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw new BadRequestError(400, `The parameter "${name}" must be a string.`);
}

function objectOf(given: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = given[name] ?? {};
  if (isObject(value)) return value;
  throw new BadRequestError(400, `The parameter "${name}" must be an object.`);
}

function parsed(name: string, text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return parseExactly(text);
  } catch {
    throw new BadRequestError(400, `The parameter "${name}" must be JSON.`);
  }
}
