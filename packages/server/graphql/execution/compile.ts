import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Context } from '../context.ts';
import { isInherited } from '../inherited.ts';
import { planOf } from '../plan.ts';

/** A compiled operation. Takes coerced variables. */
export type Run = (context: Context, variables: Readonly<Record<string, unknown>>) => Promise<ExecutionResult>;

/** Compiles an operation with graphql-jit. Returns undefined if graphql-jit would execute it differently from graphql-js. */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Run | undefined {
  if (!canCompile(schema, document, operation)) return undefined;
  // graphql-jit modifies the nodes of the document.
  const copy = copyOf(document);
  const compiled = compileQuery(schema, copy, operation.name?.value ?? '', OPTIONS);
  if (!isCompiledQuery(compiled)) return undefined;
  return async (context, variables) => compiled.query(undefined, context, variables);
}

const OPTIONS = { disablingCapturingStackErrors: true };

/**
 * Whether graphql-jit 0.8.9 executes an operation as graphql-js does. Each condition covers a defect of graphql-jit, some of them more
 * widely than necessary to stay simple. See docs/decisions/0008-compiled-execution.md.
 */
function canCompile(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  const { variableDefinitions = [] } = operation;
  if (!variableDefinitions.every(({ type }) => isBuiltInInput(typeFromAST(schema, type as never)))) return false;
  let isFaithful = true;
  const seen = { fragments: false, conditions: false, repeatedKeys: false };
  const resolverNames = new Map<string, string>();
  const types = new TypeInfo(schema);
  const refuse = (): false => {
    isFaithful = false;
    return false;
  };
  const visitor = visitWithTypeInfo(types, {
    // graphql-jit uses names as properties of plain objects and in generated code.
    Name: ({ value }) => (isInherited(value) ? refuse() : undefined),
    StringValue: ({ value }) => (value.includes(CODE_MARK) ? refuse() : undefined),
    Field(node) {
      const field = types.getFieldDef();
      const parent = types.getParentType();
      if (!field || !parent || field.name.startsWith('__')) {
        if (node.name.value !== '__typename') refuse();
        return;
      }
      const name = `${parent.name}${field.name}`;
      const owner = resolverNames.get(name) ?? parent.name;
      resolverNames.set(name, owner);
      if (owner !== parent.name || keyOf(node).includes('_') || !isFaithfulField(field) || !areFaithful(field, node))
        refuse();
    },
    SelectionSet(node) {
      if (hasRepeatedKeys(node)) seen.repeatedKeys = true;
    },
    FragmentDefinition: () => {
      seen.fragments = true;
    },
    InlineFragment: () => {
      seen.fragments = true;
    },
    Directive: () => {
      seen.conditions = true;
    },
  });
  visit(document, visitor);
  // graphql-jit stores conditions on nodes, which fragments share, and ignores them for the order of repeated fields.
  return isFaithful && !(seen.conditions && (seen.fragments || seen.repeatedKeys));
}

/** graphql-jit turns string literals with this prefix into code (`new Date(...)`). Callers must not reach that. */
const CODE_MARK = '__MAGIC_';

/** graphql-jit reads properties of primitive values, and does not call methods. */
const PROPERTIES_OF_PRIMITIVES = [String, Number, Boolean, Array].map(({ prototype }) => prototype);

/** Whether graphql-jit completes a field's values as graphql-js does. */
function isFaithfulField(field: GraphQLField<unknown, unknown>): boolean {
  const { name, type, resolve } = field;
  const named = getNamedType(type);
  // A value of an unknown type makes a compiled operation hang.
  if (isAbstractType(named)) return false;
  if (isObjectType(named) && named.isTypeOf) return false;
  if (isEnumType(named) && hasInternalValues(named)) return false;
  if (!resolve) return !PROPERTIES_OF_PRIMITIVES.some((prototype) => name in prototype);
  const plan = planOf(field);
  if (!plan?.runs) return plan !== undefined;
  // Rows have neither promises nor methods. Hand-written code may return objects with both, and lists of promises.
  return plan.runs === 'conversion' && isBuiltInLeaf(getNullableType(type));
}

/** Whether a field gets the same arguments as from graphql-js. graphql-jit generates code for input objects and custom scalars. */
function areFaithful({ args }: GraphQLField<unknown, unknown>, { arguments: given = [] }: FieldNode): boolean {
  return (
    args.every(({ name, type }) => !isInherited(name) && isBuiltInInput(type)) &&
    given.every(({ value }) => value.kind !== Kind.LIST || !hasVariable(value))
  );
}

function hasVariable(value: object): boolean {
  let found = false;
  visit(value as SelectionSetNode, {
    Variable: () => {
      found = true;
    },
  });
  return found;
}

function hasRepeatedKeys({ selections }: SelectionSetNode): boolean {
  const keys = selections.flatMap((node) => (node.kind === Kind.FIELD ? [keyOf(node)] : []));
  return new Set(keys).size < keys.length;
}

const keyOf = ({ alias, name }: FieldNode): string => alias?.value ?? name.value;

/** A compiled operation coerces variables again. That has no effect on built-in scalars and on enums without internal values. */
function isBuiltInInput(type: GraphQLType | undefined): boolean {
  return type !== undefined && isBuiltInLeaf(getNamedType(type));
}

function isBuiltInLeaf(type: GraphQLType): boolean {
  return isEnumType(type) ? !hasInternalValues(type) : isSpecifiedScalarType(type as never);
}

function hasInternalValues(type: GraphQLEnumType): boolean {
  return type.getValues().some(({ name, value }) => value !== name);
}

/** A deep copy that shares locations. */
function copyOf<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(copyOf) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, key === 'loc' ? value : copyOf(value)]);
  return Object.fromEntries(entries) as Node;
}
