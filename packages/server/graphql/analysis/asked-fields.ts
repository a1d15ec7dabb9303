import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
  type OperationDefinitionNode,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** Every field of a schema's object types, as `Type.field`, in the order of the schema. */
export function fieldsOfSchema(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !isIntrospectionType(type))
    .flatMap((type) =>
      'getFields' in type ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : [],
    );
}

/**
 * The fields that an operation asks for, as `Type.field`; what it asks of an interface, it asks of all types that have it.
 * Fields behind @skip and @include count; introspection and __typename do not.
 */
export function fieldsAskedFor(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReadonlySet<string> {
  const fields = new Set<string>();
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Field(node) {
      const name = node.name.value;
      for (const type of objectTypesOf(types.getParentType(), schema)) {
        if (isObjectType(type) && type.getFields()[name]) fields.add(`${type.name}.${name}`);
      }
    },
  });
  // With the fragments that it spreads, and with no other operation of the document.
  visit(separateOperations(document)[operation.name?.value ?? ''] ?? document, visitor);
  return fields;
}

function objectTypesOf(type: GraphQLNamedType | null | undefined, schema: GraphQLSchema): readonly GraphQLNamedType[] {
  if (!type || isIntrospectionType(type)) return [];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}
