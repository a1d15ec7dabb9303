import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Endpoint } from '../downstream/endpoint.ts';
import type { Selection } from '../downstream/sparse.ts';
import { type AnsweredField, answeredFields, type Fragments } from './analysis/fields.ts';
import { planOf } from './plan.ts';

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
  readonly #fragments: Fragments;
  readonly #read = new Map<Endpoint, Set<string>>();
  readonly #whole = new Set<Endpoint>();

  constructor(schema: GraphQLSchema, { definitions }: DocumentNode) {
    this.#schema = schema;
    const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  selection(): Selection {
    const sparse = [...this.#read].filter(([endpoint]) => endpoint.sparse !== undefined && !this.#whole.has(endpoint));
    return new Map(sparse.map(([endpoint, read]) => [endpoint, [...read.add(endpoint.rowKey)].sort()]));
  }

  /** Notes the calls of all fields below these selections of a type. */
  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType): void {
    for (const { definition, selections: below } of this.#fieldsOf(selections, type)) {
      const subtype = getNamedType(definition.type);
      for (const call of planOf(definition.resolve, definition.name)?.calls ?? []) {
        const reads = call.reads ?? this.#readsOfRow(below, subtype, call.rowAt);
        if (reads === 'all') this.#whole.add(call.endpoint);
        else this.#note(call.endpoint, reads);
      }
      if (isCompositeType(subtype)) this.enter(below, subtype);
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
    const fields = this.#fieldsOf(selections, type);
    if (next !== undefined) {
      const below = fields
        .filter(({ definition }) => definition.name === next)
        .map((field) => this.#readsOfRow(field.selections, getNamedType(field.definition.type), rest));
      return below.includes('all') ? 'all' : below.flat();
    }
    // Of which type a row is, its resolver tells by whatever it likes.
    if (!isObjectType(type)) return 'all';
    const plans = fields.map(({ definition }) => planOf(definition.resolve, definition.name));
    // A field without a plan does not say what it reads.
    return plans.includes(undefined) ? 'all' : plans.flatMap((plan) => plan?.reads ?? []);
  }

  /** The fields that are answered of a type; of an interface or union, those of all types that it can be. */
  #fieldsOf(selections: readonly SelectionSetNode[], type: GraphQLNamedType): AnsweredField[] {
    const types = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
    return types.flatMap((possible) => answeredFields(this.#schema, this.#fragments, selections, possible));
  }
}
