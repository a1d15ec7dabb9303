import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { ErrorCode } from '../request/errors.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

interface Use extends Range {
  readonly argument: string;
  readonly value: ValueNode;
}

/**
 * Finds values outside the bounds that the schema's `@range` directives set, before anything runs. Variables are taken
 * as they came: where one is no number at all, coercion says so better.
 */
export function createRangeCheck(schema: GraphQLSchema) {
  const usesOf = new WeakMap<DocumentNode, readonly Use[]>();
  return (
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): GraphQLError | undefined => {
    let uses = usesOf.get(document);
    if (!uses) {
      uses = findUses(schema, document);
      usesOf.set(document, uses);
    }
    for (const { argument, value, min, max } of uses) {
      const given =
        value.kind === Kind.VARIABLE ? variableValue(operation, value.name.value, variables) : literal(value);
      if (typeof given === 'number' && (given < min || given > max)) {
        const message = `The argument "${argument}" must be from ${min} to ${max}, not ${given}.`;
        return new GraphQLError(message, { nodes: value, extensions: { code: ErrorCode.BadUserInput } });
      }
    }
    return undefined;
  };
}

/** The bounds of an argument; undefined where it has none. */
export function rangeOf(argument: GraphQLArgument): Range | undefined {
  const directive = argument.astNode?.directives?.find(({ name }) => name.value === 'range');
  return directive && { min: bound(directive, 'min'), max: bound(directive, 'max') };
}

function bound(directive: DirectiveNode, name: string): number {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.INT ? Number(value.value) : Number.NaN;
}

function findUses(schema: GraphQLSchema, document: DocumentNode): Use[] {
  const uses: Use[] = [];
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Argument(node) {
      const argument = types.getArgument();
      const range = argument && rangeOf(argument);
      if (range) uses.push({ argument: node.name.value, value: node.value, ...range });
    },
  });
  visit(document, visitor);
  return uses;
}

const literal = (value: ValueNode): unknown => (value.kind === Kind.INT ? Number(value.value) : undefined);

function variableValue(
  operation: OperationDefinitionNode,
  name: string,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  if (Object.hasOwn(variables, name)) return variables[name];
  const fallback = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return fallback && literal(fallback);
}
