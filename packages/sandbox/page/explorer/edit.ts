import {
  type ArgumentNode,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  parseValue,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** The text of a query, and the name of the active operation. */
export interface Query {
  readonly text: string;
  readonly operationName: string | null;
}

/** A field with its initially selected subfields, or an inline fragment `... on Type`. */
export interface Selectable {
  readonly name: string;
  readonly first: readonly string[];
  readonly onType?: string;
}

/** The parsed query; undefined if it has a syntax error. An empty text is a document without definitions. */
export function documentOf(text: string): DocumentNode | undefined {
  if (text.replaceAll(/#.*/g, '').trim() === '') return { kind: Kind.DOCUMENT, definitions: [] };
  try {
    return parse(text, { noLocation: true });
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

/** Adds a selection at a path. The last step of the path is the selection itself. */
export function withSelection({ text, operationName }: Query, path: Path, what: Selectable): string {
  const document = documentOf(text);
  if (!document) return text;
  const operation = operationIn(document, operationName);
  if (!operation) return document.definitions.length > 0 ? text : print(newQuery(what));
  const parentPath = path.slice(0, -1);
  const parent = parentPath.length === 0 ? operation : selectionAt(document, operation, parentPath)?.node;
  if (!parent) return text;
  const selections = [...(parent.selectionSet?.selections ?? []), selectionOf(what)];
  return print(replaced(document, parent, withSelections(parent, selections)));
}

/** Removes the selection at a path, and parents that become empty. */
export function withoutSelection(query: Query, path: Path): string {
  const document = documentOf(query.text);
  const operation = document && operationIn(document, query.operationName);
  const located = operation && selectionAt(document, operation, path);
  if (!document || !located) return query.text;
  const { parent, node } = located;
  const left = parent.selectionSet?.selections.filter((selection) => selection !== node) ?? [];
  if (left.length > 0) return print(replaced(document, parent, withSelections(parent, left)));
  if (parent === operation) return print(replaced(document, operation, null));
  return withoutSelection(query, path.slice(0, -1));
}

/**
 * Sets an argument of the field at a path to a value in GraphQL syntax, or removes it if the value is empty. Throws GraphQLError for an
 * invalid value.
 */
export function withArgument(query: Query, path: Path, name: string, value: string): string {
  const document = documentOf(query.text);
  const operation = document && operationIn(document, query.operationName);
  const node = operation && selectionAt(document, operation, path)?.node;
  if (!document || node?.kind !== Kind.FIELD) return query.text;
  const others = (node.arguments ?? []).filter((argument) => argument.name.value !== name);
  const argument: ArgumentNode[] =
    value.trim() === ''
      ? []
      : [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value: readValue(value) }];
  return print(replaced(document, node, { ...node, arguments: [...others, ...argument] }));
}

/** Parses a value or a variable. */
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

function withSelections(parent: Parent, selections: readonly SelectionNode[]): Parent {
  return { ...parent, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

/** Replaces a node of the document; null removes it. */
function replaced(document: DocumentNode, node: ASTNode, by: ASTNode | null): DocumentNode {
  return visit(document, { enter: (each) => (each === node ? by : undefined) });
}

/** The path from an operation to a selection: field names and `... on Type` steps. */
export type Path = readonly string[];

/** A node with a selection set. */
export type Parent = OperationDefinitionNode | FragmentDefinitionNode | FieldNode | InlineFragmentNode;

/** A selection with its parent, which may be a fragment. */
export interface Located {
  readonly node: FieldNode | InlineFragmentNode;
  readonly parent: Parent;
}

export const onType = (name: string): string => `... on ${name}`;

/** The operation with this name, or the only operation; undefined if it is ambiguous. */
export function operationIn(document: DocumentNode, name: string | null): OperationDefinitionNode | undefined {
  return getOperationAST(document, name) ?? getOperationAST(document) ?? undefined;
}

/** The selection at a path; undefined if the operation does not select it. */
export function selectionAt(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  path: Path,
): Located | undefined {
  let located: Located | undefined;
  let parent: Parent = operation;
  for (const step of path) {
    located = stepInto(document, parent, step, new Set());
    if (!located) return undefined;
    parent = located.node;
  }
  return located;
}

function stepInto(document: DocumentNode, parent: Parent, step: string, seen: Set<string>): Located | undefined {
  for (const node of parent.selectionSet?.selections ?? []) {
    if (nameOf(node) === step) return { node: node as Located['node'], parent };
  }
  for (const node of parent.selectionSet?.selections ?? []) {
    const within = node.kind === Kind.FRAGMENT_SPREAD ? fragmentOf(document, node.name.value, seen) : undefined;
    const found = within && stepInto(document, within, step, seen);
    if (found) return found;
  }
  return undefined;
}

function nameOf(node: SelectionSetNode['selections'][number]): string | undefined {
  if (node.kind === Kind.FIELD) return node.name.value;
  const type = node.kind === Kind.INLINE_FRAGMENT ? node.typeCondition?.name.value : undefined;
  return type === undefined ? undefined : onType(type);
}

/** Visits each fragment once, so that recursive fragments terminate. */
function fragmentOf(document: DocumentNode, name: string, seen: Set<string>): FragmentDefinitionNode | undefined {
  if (seen.has(name)) return undefined;
  seen.add(name);
  return document.definitions.find(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  );
}

/** Common properties of the explorer's components: their path in the query, and a callback for edits. */
export interface NodeProps {
  readonly path: Path;
  readonly query: Query;
  readonly onEdit: (text: string) => void;
}
