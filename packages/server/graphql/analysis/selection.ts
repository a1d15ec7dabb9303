import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Endpoint } from '../../downstream/endpoint.ts';
import type { Selection } from '../../downstream/sparse.ts';
import { planOf } from '../plan.ts';
import { type CollectedField, fieldCollector } from './collect-fields.ts';
import { objectTypesOf } from './document.ts';

/**
 * The properties that an operation reads of each endpoint's rows, for sparse fetching. They are united over the whole operation, so that
 * a row loaded twice is the same row. An endpoint is missing when whole rows are needed: it does not support sparse fetching, or an
 * ordinary resolver may read any property. Fields behind @skip and @include count as read.
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
  readonly #fieldsOf: (selections: readonly SelectionSetNode[], type: GraphQLNamedType) => CollectedField[];
  readonly #read = new Map<Endpoint, Set<string>>();
  readonly #whole = new Set<Endpoint>();
  /** Selections that have been entered, by type. Without it, an interface that contains itself takes exponential time. */
  readonly #entered = new Map<GraphQLNamedType, Set<string>>();
  readonly #numbers = new Map<SelectionSetNode, number>();

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    const collectFields = fieldCollector(schema, document);
    this.#fieldsOf = (selections, type) =>
      objectTypesOf(schema, type).flatMap((possible) => collectFields(selections, possible));
  }

  selection(): Selection {
    const sparse = [...this.#read].filter(([endpoint]) => endpoint.sparse !== undefined && !this.#whole.has(endpoint));
    return new Map(sparse.map(([endpoint, read]) => [endpoint, [...read.add(endpoint.rowKey)].sort()]));
  }

  /** Notes the calls of all fields below these selections. */
  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType): void {
    if (this.#hasEntered(selections, type)) return;
    for (const { definition, selections: below } of this.#fieldsOf(selections, type)) {
      const subtype = getNamedType(definition.type);
      for (const call of planOf(definition)?.calls ?? []) {
        const reads = call.reads ?? this.#readsOfRow(below, subtype, call.rowAt);
        if (reads === 'all') this.#whole.add(call.endpoint);
        else this.#note(call.endpoint, reads);
      }
      this.enter(below, subtype);
    }
  }

  #hasEntered(selections: readonly SelectionSetNode[], type: GraphQLNamedType): boolean {
    const names = selections.map((selection) => {
      const number = this.#numbers.get(selection) ?? this.#numbers.size;
      this.#numbers.set(selection, number);
      return number;
    });
    const key = names.join();
    const entered = this.#entered.get(type) ?? new Set();
    this.#entered.set(type, entered);
    if (entered.has(key)) return true;
    entered.add(key);
    return false;
  }

  #note(endpoint: Endpoint, reads: readonly string[]): void {
    const read = this.#read.get(endpoint) ?? new Set();
    for (const name of reads) read.add(name);
    this.#read.set(endpoint, read);
  }

  /** The properties that the fields of a row's type read. `path` leads from the calling field to the row. */
  #readsOfRow(
    selections: readonly SelectionSetNode[],
    type: GraphQLNamedType,
    path: readonly string[],
  ): readonly string[] | 'all' {
    const [next, ...rest] = path;
    const fields = this.#fieldsOf(selections, type);
    if (next !== undefined) {
      const below = fields
        .filter(({ definition }) => definition.name === next)
        .map((field) => this.#readsOfRow(field.selections, getNamedType(field.definition.type), rest));
      return below.includes('all') ? 'all' : below.flat();
    }
    // __resolveType may read any property of the row.
    if (!isObjectType(type)) return 'all';
    const plans = fields.map(({ definition }) => planOf(definition));
    return plans.includes(undefined) ? 'all' : plans.flatMap((plan) => plan?.reads ?? []);
  }
}
