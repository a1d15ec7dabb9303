import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The document as client libraries with a normalised cache send it: __typename comes last in every selection set but the
 * operation's own.
 */
export function withTypenames(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: {
      enter(node, _key, parent) {
        const isOperation = parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
        const hasIt = node.selections.some(({ kind, ...field }) => kind === Kind.FIELD && isTypename(field));
        return isOperation || hasIt ? undefined : { ...node, selections: [...node.selections, TYPENAME] };
      },
    },
  });
}

function isTypename(field: object): boolean {
  const { name, alias } = field as Pick<FieldNode, 'name' | 'alias'>;
  return name.value === TYPENAME.name.value && alias === undefined;
}
