import {
  type ArgumentNode,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  parseValue,
  print,
  type SelectionNode,
  visit,
} from 'graphql';
import { type Holder, operationIn, type Path, placeOf } from './place.ts';

/** A query as a text, and which of its operations is meant. */
export interface Query {
  readonly text: string;
  readonly operationName: string | null;
}

/** Something of the schema that can be selected: a field with what is selected of it at first, or `... on Type`. */
export interface Selectable {
  readonly name: string;
  readonly first: readonly string[];
  readonly onType?: string;
}

/** The query parsed; undefined where it cannot be. An empty one is a document without definitions. */
export function documentOf(text: string): DocumentNode | undefined {
  if (text.replaceAll(/#.*/g, '').trim() === '') return { kind: Kind.DOCUMENT, definitions: [] };
  try {
    return parse(text, { noLocation: true });
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

/** The query with one more selection at the end of a path, whose last step it is. */
export function withSelection({ text, operationName }: Query, path: Path, what: Selectable): string {
  const document = documentOf(text);
  if (!document) return text;
  const operation = operationIn(document, operationName);
  if (!operation) return document.definitions.length > 0 ? text : print(newQuery(what));
  const parent = path.slice(0, -1);
  const holder = parent.length === 0 ? operation : placeOf(document, operation, parent)?.node;
  if (!holder) return text;
  const selections = [...(holder.selectionSet?.selections ?? []), selectionOf(what)];
  return print(replaced(document, holder, holding(holder, selections)));
}

/** The query without what stands at the end of a path, nor what would be empty then. */
export function withoutSelection(query: Query, path: Path): string {
  const document = documentOf(query.text);
  const operation = document && operationIn(document, query.operationName);
  const place = operation && placeOf(document, operation, path);
  if (!document || !place) return query.text;
  const { holder, node } = place;
  const left = holder.selectionSet?.selections.filter((selection) => selection !== node) ?? [];
  if (left.length > 0) return print(replaced(document, holder, holding(holder, left)));
  if (holder === operation) return print(replaced(document, operation, null));
  return withoutSelection(query, path.slice(0, -1));
}

/**
 * The query with an argument of the field at a path, as GraphQL writes its value; without it where the value is empty.
 * Throws GraphQLError where the value is none.
 */
export function withArgument(query: Query, path: Path, name: string, value: string): string {
  const document = documentOf(query.text);
  const operation = document && operationIn(document, query.operationName);
  const node = operation && placeOf(document, operation, path)?.node;
  if (!document || node?.kind !== Kind.FIELD) return query.text;
  const others = (node.arguments ?? []).filter((argument) => argument.name.value !== name);
  const argument: ArgumentNode[] =
    value.trim() === ''
      ? []
      : [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value: readValue(value) }];
  return print(replaced(document, node, { ...node, arguments: [...others, ...argument] }));
}

/** A value of a query, which may be a variable. */
function readValue(text: string): ArgumentNode['value'] {
  const variable = /^\s*\$([A-Za-z_]\w*)\s*$/.exec(text)?.[1];
  if (variable === undefined) return parseValue(text, { noLocation: true });
  return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } };
}

function newQuery(what: Selectable): OperationDefinitionNode {
  return {
    kind: Kind.OPERATION_DEFINITION,
    operation: 'query' as OperationDefinitionNode['operation'],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [selectionOf(what)] },
  };
}

function selectionOf({ name, first, onType }: Selectable): FieldNode | InlineFragmentNode {
  const selections = first.map((each) => selectionOf({ name: each, first: [] }));
  const selectionSet = selections.length > 0 ? { kind: Kind.SELECTION_SET as const, selections } : undefined;
  if (onType === undefined || !selectionSet) {
    return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name }, ...(selectionSet ? { selectionSet } : {}) };
  }
  const typeCondition = { kind: Kind.NAMED_TYPE as const, name: { kind: Kind.NAME as const, value: onType } };
  return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
}

function holding(holder: Holder, selections: readonly SelectionNode[]): Holder {
  return { ...holder, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

/** The same document with another node in the place of one; null takes it out. */
function replaced(document: DocumentNode, node: ASTNode, by: ASTNode | null): DocumentNode {
  return visit(document, { enter: (each) => (each === node ? by : undefined) });
}
