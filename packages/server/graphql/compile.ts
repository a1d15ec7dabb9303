import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
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
import type { Context } from './context.ts';
import { isInherited } from './inherited.ts';
import { planOf } from './plan.ts';

/** An operation as a function of its context and its coerced variables. */
export type Run = (context: Context, variables: Readonly<Record<string, unknown>>) => Promise<ExecutionResult>;

/** Compiles an operation by graphql-jit. Returns undefined for operations that graphql-jit would not execute as graphql-js does. */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Run | undefined {
  if (!canCompile(schema, document, operation)) return undefined;
  // The compiler writes on the nodes that it is given.
  const copy = copyOf(document);
  const compiled = compileQuery(schema, copy, operation.name?.value ?? '', OPTIONS);
  if (!isCompiledQuery(compiled)) return undefined;
  return async (context, variables) => compiled.query(undefined, context, variables);
}

const OPTIONS = { disablingCapturingStackErrors: true };

/**
 * Whether graphql-jit 0.8.9 is known to execute an operation as graphql-js does. Every condition stands for a defect of it; see
 * docs/decisions/0008-compiled-execution.md. Where a condition is wider than the defect, it is so because it is simpler.
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
    // Names become properties of plain objects and parts of code.
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
  // Conditions are kept on nodes, which fragments share, and decide neither where nor whether a repeated field stands.
  return isFaithful && !(seen.conditions && (seen.fragments || seen.repeatedKeys));
}

/** graphql-jit turns string literals with this mark into code (`new Date(...)`): callers must never reach that. */
const CODE_MARK = '__MAGIC_';

/** What graphql-jit reads of a property without calling it, and of values that are no objects. */
const PROPERTIES_OF_PRIMITIVES = [String, Number, Boolean, Array].map(({ prototype }) => prototype);

/** Whether a field's values are completed as graphql-js does it. */
function isFaithfulField({ name, type, resolve }: GraphQLField<unknown, unknown>): boolean {
  // A type that cannot be told leaves a compiled operation without an end.
  if (isAbstractType(getNamedType(type))) return false;
  if (!resolve) return !PROPERTIES_OF_PRIMITIVES.some((prototype) => name in prototype);
  const plan = planOf(resolve, name);
  if (!plan?.runs) return plan !== undefined;
  // Rows have neither promises nor methods; what is written by hand may return objects with both, and lists of promises.
  return plan.runs === 'conversion' && isBuiltInLeaf(getNullableType(type));
}

/** Whether a field gets its arguments as from graphql-js: input objects and values of custom scalars are written into code. */
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

/**
 * The compiled operation coerces variables again. That changes nothing for built-in scalars and for enums, whose values are their names
 * in a schema made from SDL.
 */
function isBuiltInInput(type: GraphQLType | undefined): boolean {
  return type !== undefined && isBuiltInLeaf(getNamedType(type));
}

function isBuiltInLeaf(type: GraphQLType): boolean {
  return isSpecifiedScalarType(type as never) || isEnumType(type);
}

/** The same tree of new nodes; locations are shared, they say where in the text an error is. */
function copyOf<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(copyOf) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, key === 'loc' ? value : copyOf(value)]);
  return Object.fromEntries(entries) as Node;
}
