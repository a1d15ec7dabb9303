import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import type { FieldInfo, FieldPath } from '../../request/field-path.ts';
import { documentOf } from '../analysis/document.ts';
import type { Context } from '../context.ts';
import { type Step, stepOf } from '../plan.ts';
import { isError } from './column.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** How an operation is executed, for certain values of the variables in @skip and @include. */
export interface OperationPlan {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: ObjectPlan;
  /** The number of its fields, without those on the types of interfaces and unions: a measure of its memory. */
  readonly size: number;
}

/** What code of the client gets to know of the run of a plan. */
export interface Run {
  readonly plan: OperationPlan;
  readonly context: Context;
  readonly variables: Variables;
}

/** A selection on an object type. All objects of a run that are selected by it are one column. */
export interface ObjectPlan {
  readonly type: GraphQLObjectType;
  /** In the order of the response (CollectFields of the GraphQL specification). */
  readonly fields: readonly FieldPlan[];
  /** Those of them that have a column of values, one for each object. The others are read from their objects. */
  readonly columns: readonly FieldPlan[];
  /** Whether its fields need the paths of their objects: hand-written resolvers get them. */
  readonly needsPaths: boolean;
}

/** A field of a response. All selections with the same response key are one field. */
export interface FieldPlan {
  /** The response key: the alias or the name. */
  readonly key: string;
  readonly parentType: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, Context>;
  readonly nodes: readonly FieldNode[];
  readonly step: FieldStep;
  /** Coerces its arguments. Throws a GraphQLError for invalid ones. */
  readonly argumentsOf: (variables: Variables) => Readonly<Record<string, unknown>>;
  /** Its path without list indexes. */
  readonly info: FieldInfo;
  /** The number of lists around its values. */
  readonly depth: number;
  /** The selection on its objects; undefined for scalars and enums. */
  readonly below: Below | undefined;
  /** Whether its values are a column of the run. */
  readonly hasColumn: boolean;
  /** Index of its column in a run. */
  readonly slot: number;
}

/**
 * The step of a field, or a call of its resolver for each parent, or the name of the parent's type, or introspection, which graphql-js
 * executes.
 */
export type FieldStep =
  | Step
  | { readonly kind: 'resolver' }
  | { readonly kind: 'typename' }
  | { readonly kind: 'introspection'; readonly read: (variables: Variables) => unknown };

/** The selection on the objects of a field, for each type that they can have. */
export interface Below {
  /** The type if it is known before execution; undefined if `__resolveType` or `__isTypeOf` decides. */
  readonly type: GraphQLObjectType | undefined;
  of(type: GraphQLObjectType): ObjectPlan;
}

/**
 * The variables that @skip and @include of an operation use, each with a value that includes the first of its fields. Each combination of
 * their values has its own plan.
 */
export function conditionsOf(document: DocumentNode, operation: OperationDefinitionNode): ReadonlyMap<string, boolean> {
  const conditions = new Map<string, boolean>();
  visit(documentOf(document, operation), {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given) {
        if (value.kind !== Kind.VARIABLE || conditions.has(value.name.value)) continue;
        conditions.set(value.name.value, name.value === 'include');
      }
    },
  });
  return conditions;
}

/** Plans an operation of a validated document. `conditions` holds the values of the variables in @skip and @include. */
export function planOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Variables,
): OperationPlan {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new Error(`The schema has no ${operation.operation}.`);
  const fragments = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const compiler = new Compiler(schema, operation, fragments, conditions);
  const fields = collectFields(schema, fragments, conditions, rootType, operation.selectionSet);
  const root = compiler.objectPlan(rootType, fields, true, undefined);
  return { schema, operation, fragments, root, size: compiler.size };
}

class Compiler {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: Record<string, FragmentDefinitionNode>;
  readonly #conditions: Variables;
  #slots = 0;

  constructor(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Record<string, FragmentDefinitionNode>,
    conditions: Variables,
  ) {
    this.#schema = schema;
    this.#operation = operation;
    this.#fragments = fragments;
    this.#conditions = conditions;
  }

  /** `isData`: its objects are plain data, without methods and promises. */
  objectPlan(
    type: GraphQLObjectType,
    collected: ReadonlyMap<string, readonly FieldNode[]>,
    isData: boolean,
    path: FieldPath | undefined,
  ): ObjectPlan {
    const fields = Array.from(collected, ([key, nodes]) => this.#fieldPlan(type, key, nodes, isData, path));
    const columns = fields.filter(({ hasColumn }) => hasColumn);
    return { type, fields, columns, needsPaths: columns.some(needsPath) };
  }

  #fieldPlan(
    parentType: GraphQLObjectType,
    key: string,
    nodes: readonly FieldNode[],
    isData: boolean,
    prev: FieldPath | undefined,
  ): FieldPlan {
    const name = nodes[0]?.name.value ?? '';
    const definition = META_FIELDS.get(name) ?? parentType.getFields()[name];
    if (!definition) throw new Error(`The document is not valid: ${parentType.name} has no field ${name}.`);
    const path = { prev, key };
    const ownStep = this.#stepOf(definition, nodes);
    const step = this.#isReadable(ownStep, definition, isData) ? ownStep : ({ kind: 'resolver' } as const);
    const below =
      step.kind === 'introspection'
        ? undefined
        : this.#below(definition, nodes, isDataOf(ownStep, definition, isData), path);
    return {
      key,
      parentType,
      definition,
      nodes,
      step,
      argumentsOf: argumentsOf(definition, nodes),
      info: { path, fieldNodes: nodes },
      depth: depthOf(definition.type),
      below,
      hasColumn:
        !isRead(step) || (below !== undefined && (below.type === undefined || below.of(below.type).columns.length > 0)),
      slot: this.#nextSlot(),
    };
  }

  #stepOf(definition: GraphQLField<unknown, Context>, nodes: readonly FieldNode[]): FieldStep {
    if (definition === TypeNameMetaFieldDef) return { kind: 'typename' };
    if (!META_FIELDS.has(definition.name)) return stepOf(definition) ?? { kind: 'resolver' };
    return { kind: 'introspection', read: this.#introspection(nodes) };
  }

  /** How to get the data of `__schema` or `__type`: as graphql-js responds to an operation that selects nothing else. */
  #introspection(selections: readonly FieldNode[]): (variables: Variables) => unknown {
    const selectionSet = { kind: Kind.SELECTION_SET, selections } as const;
    const used = new Set<string>();
    const fragments = new Set<FragmentDefinitionNode>();
    const collect = (node: SelectionSetNode) => {
      visit(node, {
        Variable: ({ name }) => void used.add(name.value),
        FragmentSpread: ({ name }) => {
          const fragment = this.#fragments[name.value];
          if (!fragment || fragments.has(fragment)) return;
          fragments.add(fragment);
          collect(fragment.selectionSet);
        },
      });
    };
    collect(selectionSet);
    // They are strings and booleans, which can be coerced twice.
    const variableDefinitions = (this.#operation.variableDefinitions ?? []).filter(({ variable }) =>
      used.has(variable.name.value),
    );
    const operation = { ...this.#operation, selectionSet, variableDefinitions };
    const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] };
    return (variables) => {
      const { data, errors } = executeSync({ schema: this.#schema, document, variableValues: variables });
      if (errors?.[0]) throw errors[0];
      return Object.values(data ?? {})[0];
    };
  }

  /**
   * Properties of objects from hand-written resolvers can be methods and promises: the schema's resolver knows how to read them. It also
   * reports invalid arguments of a field that is only a property.
   */
  #isReadable({ kind }: FieldStep, { args }: GraphQLField<unknown, Context>, isData: boolean): boolean {
    if (kind === 'property') return isData && args.length === 0;
    return kind !== 'value' || isData;
  }

  #below(
    { type }: GraphQLField<unknown, Context>,
    nodes: readonly FieldNode[],
    isData: boolean,
    path: FieldPath,
  ): Below | undefined {
    const named = getNamedType(type);
    if (!isAbstractType(named) && !isObjectType(named)) return undefined;
    const plans = new Map<GraphQLObjectType, ObjectPlan>();
    // The selections on the types of an interface are planned when an object of that type appears: there may be very many.
    const of = (each: GraphQLObjectType): ObjectPlan => {
      let plan = plans.get(each);
      if (!plan) {
        const fields = collectSubfields(this.#schema, this.#fragments, this.#conditions, each, nodes);
        plan = this.objectPlan(each, fields, isData, path);
        plans.set(each, plan);
      }
      return plan;
    };
    return { type: isObjectType(named) && !named.isTypeOf ? named : undefined, of };
  }

  /** The number of planned fields so far, and one for the operation: @skip can exclude all of its fields. */
  get size(): number {
    return 1 + this.#slots;
  }

  #nextSlot(): number {
    this.#slots += 1;
    return this.#slots - 1;
  }
}

/** The number of lists around the values of a type. */
export function depthOf(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + depthOf(nullable.ofType) : 0;
}

const META_FIELDS: ReadonlyMap<string, GraphQLField<unknown, Context>> = new Map(
  [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].map((field) => [field.name, field]),
);

/** Whether the values of a step can be read from the parent whenever they are needed. */
const isRead = ({ kind }: FieldStep): boolean => kind === 'property' || kind === 'value' || kind === 'typename';

/** Whether the objects of a field are plain data: rows of services and what the framework makes of them. */
function isDataOf(step: FieldStep, { extensions }: GraphQLField<unknown, Context>, isData: boolean): boolean {
  if (step.kind === 'property') return isData;
  if (step.kind === 'row') return !('facet' in extensions && (extensions as PlannedExtensions).facet.plan.runs);
  return step.kind !== 'resolver';
}

type PlannedExtensions = { readonly facet: { readonly plan: { readonly runs?: string | undefined } } };

function needsPath({ step: { kind }, below }: FieldPlan): boolean {
  if (kind === 'resolver' || kind === 'framework') return true;
  return below !== undefined && (below.type === undefined || below.of(below.type).needsPaths);
}

/** The arguments of a field, as graphql-js coerces them: a new object each time, because hand-written code may change it. */
function argumentsOf({ args }: GraphQLField<unknown, Context>, [node]: readonly FieldNode[]): FieldPlan['argumentsOf'] {
  if (args.length === 0 || !node) return () => ({});
  return (variables) => getArgumentValues({ args } as GraphQLField<unknown, unknown>, node, variables);
}

/**
 * Calls `visitItem` for each object in a field's value, in the order of the response. `depth` is the number of lists around it. Values
 * that the field reports as errors are left out: errors, and values that are no list where the schema has one.
 */
export function forEachObject(value: unknown, depth: number, visitItem: (item: unknown) => void): void {
  if (value === null || value === undefined || isError(value)) return;
  if (depth === 0) visitItem(value);
  else if (Array.isArray(value)) for (const item of value) forEachObject(item, depth - 1, visitItem);
}
