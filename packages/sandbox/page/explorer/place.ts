import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** The way from an operation to a field: names of fields, and `... on Type` where the object has to be of one. */
export type Path = readonly string[];

/** What has selections, and can be told to have others. */
export type Holder = OperationDefinitionNode | FragmentDefinitionNode | FieldNode | InlineFragmentNode;

/** What stands at the end of a path, and what it stands in, be it through fragments. */
export interface Place {
  readonly node: FieldNode | InlineFragmentNode;
  readonly holder: Holder;
}

export const onType = (name: string): string => `... on ${name}`;

/** The operation of this name, or the only one; undefined where it is not clear which. */
export function operationIn(document: DocumentNode, name: string | null): OperationDefinitionNode | undefined {
  return getOperationAST(document, name) ?? getOperationAST(document) ?? undefined;
}

/** Undefined where the operation does not select it. */
export function placeOf(document: DocumentNode, operation: OperationDefinitionNode, path: Path): Place | undefined {
  let place: Place | undefined;
  let holder: Holder = operation;
  for (const step of path) {
    place = stepInto(document, holder, step, new Set());
    if (!place) return undefined;
    holder = place.node;
  }
  return place;
}

function stepInto(document: DocumentNode, holder: Holder, step: string, seen: Set<string>): Place | undefined {
  for (const node of holder.selectionSet?.selections ?? []) {
    if (nameOf(node) === step) return { node: node as Place['node'], holder };
  }
  for (const node of holder.selectionSet?.selections ?? []) {
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

/** Each fragment once: one that spreads itself is wrong, and must come to an end. */
function fragmentOf(document: DocumentNode, name: string, seen: Set<string>): FragmentDefinitionNode | undefined {
  if (seen.has(name)) return undefined;
  seen.add(name);
  return document.definitions.find(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  );
}
