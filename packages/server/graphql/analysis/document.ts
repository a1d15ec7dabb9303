import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLType,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
  separateOperations,
} from 'graphql';

/** A document of one operation, with the fragments that it reaches. */
export function documentOf(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  return separateOperations(document)[operation.name?.value ?? ''] ?? document;
}

/** The object types that a value of this type can have; none for leaf types. */
export function objectTypesOf(
  schema: GraphQLSchema,
  type: GraphQLType | null | undefined,
): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}
