import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/**
 * What a valid document uses of a schema, as schema coordinates and as graphql-inspector names them: Type, Type.field,
 * Type.field.argument, InputType.field. An argument is there with its value, too: Type.field.argument=$first.
 */
export function coordinatesIn(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>();
  const types = new TypeInfo(schema);
  /** A field of an interface is one of every type that it can be. */
  const ownersOf = (): string[] => {
    const parent = types.getParentType();
    if (!parent) return [];
    const possible = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [];
    return [parent, ...possible].map(({ name }) => name);
  };
  const fields: string[] = [];
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        enter({ name }) {
          for (const owner of ownersOf()) used.add(owner).add(`${owner}.${name.value}`);
          const type = getNamedType(types.getType());
          if (type) used.add(type.name);
          fields.push(name.value);
        },
        leave: () => void fields.pop(),
      },
      Argument({ name, value }) {
        for (const owner of ownersOf()) {
          const coordinate = `${owner}.${fields.at(-1)}.${name.value}`;
          used.add(coordinate).add(`${coordinate}=${print(value)}`);
        }
        const type = getNamedType(types.getInputType());
        if (type) used.add(type.name);
      },
      ObjectField({ name }) {
        const type = getNamedType(types.getParentInputType());
        if (isInputObjectType(type)) used.add(`${type.name}.${name.value}`);
      },
      VariableDefinition() {
        const type = getNamedType(types.getInputType());
        if (type) used.add(type.name);
      },
      FragmentDefinition({ typeCondition }) {
        used.add(typeCondition.name.value);
      },
      InlineFragment({ typeCondition }) {
        if (typeCondition) used.add(typeCondition.name.value);
      },
    }),
  );
  return used;
}
