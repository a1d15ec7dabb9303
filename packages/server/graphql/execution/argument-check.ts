import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { ErrorCode } from '../../request/errors.ts';
import { documentOf } from '../analysis/document.ts';

interface Range {
  readonly min: number;
  readonly max: number;
}

interface Use {
  readonly argument: string;
  readonly value: ValueNode;
  readonly isNonNull: boolean;
  readonly range: Range | undefined;
}

/**
 * Checks arguments before execution: values outside the schema's `@range`, and null variables for non-null arguments, which validation
 * accepts if the variable has a default. Variables of a wrong type are left to coercion, which has better messages.
 */
export function createArgumentCheck(schema: GraphQLSchema) {
  const usesOf = new WeakMap<OperationDefinitionNode, readonly Use[]>();
  return (
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ): GraphQLError | undefined => {
    let uses = usesOf.get(operation);
    if (!uses) {
      uses = findUses(schema, document, operation);
      usesOf.set(operation, uses);
    }
    for (const { argument, value, isNonNull, range } of uses) {
      const given =
        value.kind === Kind.VARIABLE ? variableValue(operation, value.name.value, variables) : literal(value);
      if (given === null && isNonNull) return badInput(value, `The argument "${argument}" must not be null.`);
      if (range && typeof given === 'number' && (given < range.min || given > range.max)) {
        return badInput(value, `The argument "${argument}" must be from ${range.min} to ${range.max}, not ${given}.`);
      }
    }
    return undefined;
  };
}

/** The `@range` of an argument; undefined without one. */
export function rangeOf(argument: GraphQLArgument): Range | undefined {
  const directive = argument.astNode?.directives?.find(({ name }) => name.value === 'range');
  return directive && { min: bound(directive, 'min'), max: bound(directive, 'max') };
}

function badInput(value: ValueNode, message: string): GraphQLError {
  return new GraphQLError(message, { nodes: value, extensions: { code: ErrorCode.BadUserInput } });
}

function bound(directive: DirectiveNode, name: string): number {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.INT ? Number(value.value) : Number.NaN;
}

/** The arguments of an operation that need a check, in all fragments that it reaches. */
function findUses(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Use[] {
  const uses: Use[] = [];
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Argument({ name, value }) {
      const argument = types.getArgument();
      if (!argument) return;
      const range = rangeOf(argument);
      const isNonNull = isNonNullType(argument.type);
      if (range || (isNonNull && value.kind === Kind.VARIABLE)) {
        uses.push({ argument: name.value, value, isNonNull, range });
      }
    },
  });
  visit(documentOf(document, operation), visitor);
  return uses;
}

const literal = (value: ValueNode): unknown => (value.kind === Kind.INT ? Number(value.value) : undefined);

function variableValue(
  operation: OperationDefinitionNode,
  name: string,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  if (Object.hasOwn(variables, name) && variables[name] !== undefined) return variables[name];
  const fallback = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  return fallback && literal(fallback);
}
