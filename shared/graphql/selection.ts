import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Endpoint } from '../downstream/endpoint.ts';
import type { Selection } from '../downstream/sparse.ts';
import { type Plan, planOf } from './plan.ts';

/**
 * What an operation reads of each endpoint's rows, united over the whole operation, so that a row that is loaded twice
 * is the same row. An endpoint is missing where whole rows are needed: it cannot answer less, or a hand-written
 * resolver does not say what it reads. Fields behind @skip and @include count as read.
 */
export function selectionOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Selection {
  const walk = new Walk(schema, document);
  const root = schema.getRootType(operation.operation);
  if (root) walk.enter([operation.selectionSet], root);
  return walk.selection();
}

class Walk {
  readonly #schema: GraphQLSchema;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #read = new Map<Endpoint, Set<string>>();
  readonly #whole = new Set<Endpoint>();

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  selection(): Selection {
    const sparse = [...this.#read].filter(([endpoint]) => endpoint.sparse !== undefined && !this.#whole.has(endpoint));
    return new Map(sparse.map(([endpoint, read]) => [endpoint, [...read.add(endpoint.rowKey)].sort()]));
  }

  /** Notes the calls of all fields below these selections of a type. */
  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType): void {
    for (const { plan, subselections, subtype } of this.#fields(selections, type)) {
      for (const call of plan?.calls ?? []) {
        const reads = call.reads ?? this.#readsOfRow(subselections, subtype, call.rowAt);
        if (reads === 'all') this.#whole.add(call.endpoint);
        else this.#note(call.endpoint, reads);
      }
      if (isCompositeType(subtype)) this.enter(subselections, subtype);
    }
  }

  #note(endpoint: Endpoint, reads: readonly string[]): void {
    const read = this.#read.get(endpoint) ?? new Set();
    for (const name of reads) read.add(name);
    this.#read.set(endpoint, read);
  }

  /** What the fields of a row's type read of it. The row stands at a path below the field that called. */
  #readsOfRow(
    selections: readonly SelectionSetNode[],
    type: GraphQLNamedType,
    path: readonly string[],
  ): readonly string[] | 'all' {
    const [next, ...rest] = path;
    const fields = this.#fields(selections, type);
    if (next !== undefined) {
      const below = fields
        .filter(({ name }) => name === next)
        .map(({ subselections, subtype }) => this.#readsOfRow(subselections, subtype, rest));
      return below.includes('all') ? 'all' : below.flat();
    }
    if (!isObjectType(type)) return 'all';
    if (fields.some(({ plan }) => plan === undefined)) return 'all';
    return fields.flatMap(({ plan }) => plan?.reads ?? []);
  }

  /** The fields that are selected of a type, through all fragments. The plan is undefined where nobody stated one. */
  #fields(selections: readonly SelectionSetNode[], type: GraphQLNamedType): SelectedField[] {
    return selections.flatMap(({ selections: nodes }) =>
      nodes.flatMap((node): SelectedField[] => {
        if (node.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = this.#fragments.get(node.name.value);
          return fragment ? this.#fieldsOfFragment(fragment.selectionSet, fragment.typeCondition.name.value) : [];
        }
        if (node.kind === Kind.INLINE_FRAGMENT) {
          const condition = node.typeCondition?.name.value;
          return condition === undefined
            ? this.#fields([node.selectionSet], type)
            : this.#fieldsOfFragment(node.selectionSet, condition);
        }
        const field = 'getFields' in type ? type.getFields()[node.name.value] : undefined;
        // __typename and introspection read nothing of a row.
        if (!field || 'getInputFields' in field) return [];
        return [
          {
            name: node.name.value,
            plan: 'resolve' in field ? planOf(field.resolve, node.name.value) : undefined,
            subselections: node.selectionSet ? [node.selectionSet] : [],
            subtype: getNamedType(field.type),
          },
        ];
      }),
    );
  }

  #fieldsOfFragment(selectionSet: SelectionSetNode, typeName: string): SelectedField[] {
    const type = this.#schema.getType(typeName);
    return type ? this.#fields([selectionSet], type) : [];
  }
}

interface SelectedField {
  readonly name: string;
  readonly plan: Plan | undefined;
  readonly subselections: readonly SelectionSetNode[];
  readonly subtype: GraphQLNamedType;
}
