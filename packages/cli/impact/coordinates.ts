import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  print,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** A field in a document, with its arguments. */
export interface FieldUse {
  /** Type.field, for each type that it may belong to. */
  readonly coordinates: readonly string[];
  readonly given: ReadonlyMap<string, ValueNode>;
  readonly variables: ReadonlyMap<string, VariableDefinitionNode>;
}

/** The schema elements that a document uses. */
export interface Usage {
  readonly names: ReadonlySet<string>;
  readonly fields: readonly FieldUse[];
  /** Literal input objects and enum values, by the name of their type. */
  readonly literals: ReadonlyMap<string, readonly ValueNode[]>;
  /** Names of the types of its variables. */
  readonly variableTypes: ReadonlySet<string>;
}

/**
 * The schema elements that a valid document uses, named like in graphql-inspector: Type, Type.field, Type.field.argument,
 * InputType.field and @directive. Arguments are also listed with their value: Type.field.argument=$first.
 */
export function usageIn(schema: GraphQLSchema, document: DocumentNode): Usage {
  const used = new Set<string>();
  const uses: FieldUse[] = [];
  const variables = new Map<string, VariableDefinitionNode>();
  const literals = new Map<string, ValueNode[]>();
  const variableTypes = new Set<string>();
  const types = new TypeInfo(schema);
  /** A field of an interface belongs to all types that implement it. */
  const ownersOf = (): string[] => {
    const parent = types.getParentType();
    if (!parent) return [];
    const possible = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [];
    return [parent, ...possible].map(({ name }) => name);
  };
  const noteLiteral = (node: ValueNode): void => {
    const type = getNamedType(types.getInputType());
    if (type) literals.set(type.name, [...(literals.get(type.name) ?? []), node]);
  };
  const fields: string[] = [];
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: {
        enter({ name, arguments: given = [] }) {
          uses.push({
            coordinates: ownersOf().map((type) => `${type}.${name.value}`),
            given: new Map(given.map((argument) => [argument.name.value, argument.value])),
            variables,
          });
          for (const owner of ownersOf()) used.add(owner).add(`${owner}.${name.value}`);
          const type = getNamedType(types.getType());
          if (type) used.add(type.name);
          fields.push(name.value);
        },
        leave: () => void fields.pop(),
      },
      Directive({ name }) {
        used.add(`@${name.value}`);
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
      VariableDefinition(definition) {
        variables.set(definition.variable.name.value, definition);
        const type = getNamedType(types.getInputType());
        if (type) {
          used.add(type.name);
          variableTypes.add(type.name);
        }
      },
      ObjectValue: noteLiteral,
      EnumValue: noteLiteral,
      FragmentDefinition({ typeCondition }) {
        used.add(typeCondition.name.value);
      },
      InlineFragment({ typeCondition }) {
        if (typeCondition) used.add(typeCondition.name.value);
      },
    }),
  );
  return { names: used, fields: uses, literals, variableTypes };
}
