import type { ConcreteRequest } from 'relay-runtime';

// Recorded output of relay-compiler 21.0.1 for `query BookQuery($id: ID!) { book(id: $id) { name } }` over the web schema of the
// fixture, with `persistConfig: { algorithm: 'SHA256' }`. The compiler itself is 118 MB. Record it again with
// `npx relay-compiler@21.0.1` if the query or the schema's Book changes.

const ID = '73544dd6ad04b71c19dda5aa193abc3082c4476622be98013b00aac457340a72';

/** What the compiler writes into `persistConfig.file`: texts by their ids. */
export const PERSISTED = {
  [ID]: 'query BookQuery(\n  $id: ID!\n) {\n  book(id: $id) {\n    name\n    id\n  }\n}\n',
};

const argumentDefinitions = [{ defaultValue: null, kind: 'LocalArgument', name: 'id' }] as const;
const name = { alias: null, args: null, kind: 'ScalarField', name: 'name', storageKey: null } as const;
const id = { ...name, name: 'id' } as const;
const book = {
  alias: null,
  args: [{ kind: 'Variable', name: 'id', variableName: 'id' }],
  concreteType: 'Book',
  kind: 'LinkedField',
  name: 'book',
  plural: false,
  storageKey: null,
} as const;

/** The artifact that the compiler writes for the query. */
export const BOOK_QUERY: ConcreteRequest = {
  kind: 'Request',
  fragment: {
    argumentDefinitions,
    kind: 'Fragment',
    metadata: null,
    name: 'BookQuery',
    selections: [{ ...book, selections: [name] }],
    type: 'Query',
    abstractKey: null,
  },
  operation: {
    argumentDefinitions,
    kind: 'Operation',
    name: 'BookQuery',
    selections: [{ ...book, selections: [name, id] }],
  },
  params: { id: ID, metadata: {}, name: 'BookQuery', operationKind: 'query', text: null },
};
