import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isSpecifiedScalarType,
  type OperationDefinitionNode,
  OperationTypeNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Context } from './context.ts';

/** An operation as a function of its context and its coerced variables. */
export type Run = (context: Context, variables: Readonly<Record<string, unknown>>) => Promise<ExecutionResult>;

/**
 * Compiles an operation by graphql-jit; undefined for what is left to graphql-js because the compiler cannot do it, or
 * not as graphql-js does.
 */
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

function canCompile(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  if (!(operation.variableDefinitions ?? []).every(({ type }) => coercesToItself(typeFromAST(schema, type as never))))
    return false;
  let isCode = false;
  let [introspects, isAbstract, hasFragments, hasConditions] = [false, false, false, false];
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Field(node) {
      if (node.name.value === '__schema' || node.name.value === '__type') introspects = true;
      const type = types.getType();
      // A type that cannot be told leaves a compiled operation without an end.
      if (type && isAbstractType(getNamedType(type))) isAbstract = true;
    },
    StringValue({ value }) {
      if (value.includes(CODE_MARK)) isCode = true;
    },
    FragmentDefinition: () => {
      hasFragments = true;
    },
    InlineFragment: () => {
      hasFragments = true;
    },
    Directive: () => {
      hasConditions = true;
    },
  });
  visit(document, visitor);
  // Conditions are kept on nodes, which fragments share between the places where they are spread.
  return !isCode && !introspects && !isAbstract && !(hasFragments && hasConditions);
}

/** graphql-jit turns string literals with this mark into code (`new Date(...)`): callers must never reach that. */
const CODE_MARK = '__MAGIC_';

/**
 * The compiled operation coerces its variables again. That changes nothing for built-in scalars and for enums, whose
 * values are their names in a schema made from SDL.
 */
function coercesToItself(type: ReturnType<typeof typeFromAST>): boolean {
  const named = type && getNamedType(type);
  return named !== undefined && (isSpecifiedScalarType(named) || isEnumType(named));
}

/** The same tree of new nodes; locations are shared, they say where in the text an error is. */
function copyOf<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(copyOf) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, key === 'loc' ? value : copyOf(value)]);
  return Object.fromEntries(entries) as Node;
}
