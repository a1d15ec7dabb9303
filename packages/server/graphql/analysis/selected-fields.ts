import {
  type DocumentNode,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { documentOf, objectTypesOf } from './document.ts';

/** All fields of a schema's object types as `Type.field`, in the order of the schema. */
export function fieldsOfSchema(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
}

/**
 * The fields that an operation selects, as `Type.field`. A field of an interface counts for each type that implements it. Fields behind
 * @skip and @include count; introspection and __typename do not.
 */
export function selectedFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReadonlySet<string> {
  const fields = new Set<string>();
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Field(node) {
      const name = node.name.value;
      for (const type of objectTypesOf(schema, types.getParentType())) {
        if (!isIntrospectionType(type) && type.getFields()[name]) fields.add(`${type.name}.${name}`);
      }
    },
  });
  visit(documentOf(document, operation), visitor);
  return fields;
}
