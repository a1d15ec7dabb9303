import type { ServiceInput } from '@facet/cli/internal/new-bff/derive.ts';
import type { NamedEndpoint } from '@facet/cli/internal/new-bff/model.ts';
import { parse } from 'yaml';

/** A service's input from its paths and schemas in YAML. */
export function service(
  name: string,
  endpoints: Readonly<Record<string, NamedEndpoint['endpoint']>>,
  document: string,
  exports: readonly string[] = [],
): ServiceInput {
  return {
    service: name,
    document: parse(`openapi: 3.1.0\n${document}`),
    exports: new Set(exports),
    endpoints: Object.entries(endpoints).map(([key, endpoint]) => ({ service: name, name: key, endpoint })),
  };
}

/** An operation that answers with this schema. */
export const rowsOfSchema = (schema: string) =>
  `{ responses: { '200': { content: { application/json: { schema: ${schema} } } } } }`;

/** A document with a list of books and these properties of a book. */
export const booksWith = (properties: string, required = 'id') => `
paths:
  /books: { get: ${rowsOfSchema("{ type: array, maxItems: 9, items: { $ref: '#/components/schemas/Book' } }")} }
components:
  schemas:
    Kind: { type: string, enum: [novel, poem] }
    Part: { type: object, required: [page], properties: { page: { type: integer } } }
    Book: { type: object, required: [${required}], properties: { id: { type: string }, ${properties} } }
`;
