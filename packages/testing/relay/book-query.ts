import type { ConcreteRequest } from 'relay-runtime';

// Recorded output of relay-compiler 21.0.1 for `query BookQuery($id: ID!) { book(id: $id) { name } }` over the web schema of the
// fixture, with `persistConfig: { algorithm: 'SHA256' }`. The compiler itself is 118 MB. Record it again with
// `npx relay-compiler@21.0.1` if the query or the schema's Book changes.

const ID = '80ce0d9508193657000c8eb0e8d3824c42fca1570e1cd7402a69b834422b4d11';

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
