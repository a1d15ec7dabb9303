import type { Description } from '@facet/server/internal/downstream/endpoint.ts';
import { successOf } from '../impact/answer.ts';
import { conjunctsOf, dig, type Node, resolved } from '../impact/document.ts';
import { isOf } from '../impact/service.ts';

/** An endpoint's operation in its service's document. */
export interface DocumentedOperation {
  readonly summary: string | undefined;
  /** Query parameters by name. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The schema of a row; undefined if the response holds none where the endpoint expects it. */
  readonly row: unknown;
}

/** A query parameter. */
export interface Parameter {
  readonly isRequired: boolean;
  readonly description: string | undefined;
  readonly schema: unknown;
  readonly example: unknown;
}

/** The operation of an endpoint; undefined if the document does not describe it. */
export function operationOf(document: Node, endpoint: Description): DocumentedOperation | undefined {
  const method = endpoint.method.toLowerCase();
  const path = Object.keys(Object(document['paths'])).find((candidate) => isOf(endpoint, { path: candidate, method }));
  const operation = path === undefined ? undefined : dig(document, document, 'paths', path, method);
  if (path === undefined || operation === undefined) return undefined;
  const response = successOf(document, path, method);
  const schema = response && dig(document, response, 'content', 'application/json')?.['schema'];
  return {
    summary: textOf(operation['summary'] ?? operation['description']),
    parameters: parametersOf(document, [Object(document['paths'])[path], operation]),
    row: schema && rowIn(document, schema, endpoint),
  };
}

/** The query parameters of a path and its operation, whose parameters take precedence. */
function parametersOf(document: Node, nodes: readonly unknown[]): Map<string, Parameter> {
  const listed = nodes.flatMap((node) => Object.values(Object(resolved(document, node)['parameters'])));
  const parameters = listed.map((parameter) => resolved(document, parameter)).filter((one) => one['in'] === 'query');
  return new Map(
    parameters.map((one) => [
      String(one['name']),
      {
        isRequired: one['required'] === true,
        description: textOf(one['description']),
        schema: one['schema'],
        example: one['example'] ?? firstExample(one['examples']),
      },
    ]),
  );
}

function firstExample(examples: unknown): unknown {
  const [first] = Object.values(Object(examples));
  return Object(first)['value'];
}

/** The schema of a row in a response, where the endpoint's row shape finds it. */
function rowIn(document: Node, schema: unknown, { rows, ...endpoint }: Description): unknown {
  const names = rows.path === '' ? [] : rows.path.split('.');
  const holder = names.reduce<unknown>((at, name) => keywordOf(document, at, 'properties', name), schema);
  if (holder === undefined) return undefined;
  if (rows.kind === 'dictionary') return schemaIn(keywordOf(document, holder, 'additionalProperties'));
  const isSingle = endpoint.kind === 'batch' && !endpoint.ids.many;
  return isSingle ? holder : schemaIn(keywordOf(document, holder, 'items'));
}

/** A keyword of a schema or of the parts of its allOf, and optionally a name in it. */
function keywordOf(document: Node, schema: unknown, keyword: string, name?: string): unknown {
  const values = conjunctsOf(document, schema).map((part) => part[keyword]);
  const found = name === undefined ? values : values.map((value) => Object(value)[name]);
  return found.find((value) => value !== undefined);
}

const schemaIn = (value: unknown): unknown => (typeof value === 'object' && value !== null ? value : undefined);

/** A description as one line; undefined if there is none. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.split(/\s+/).join(' ').trim() : '';
  return text === '' ? undefined : text;
}
