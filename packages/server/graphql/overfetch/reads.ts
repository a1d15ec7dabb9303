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
import type { BatchDescription, ListDescription } from '../../downstream/endpoint.ts';
import { type AnsweredField, answeredFields, type Fragments } from '../analysis/fields.ts';
import { type Plan, type PlannedCall, planOf } from '../plan.ts';

/** What is read of a value in a service's answer: all of it, or of an object (of each item of an array) some properties. */
export class Reads {
  isWhole = false;
  readonly properties = new Map<string, Reads>();
  /** Names down to it from the row, with dots in between; '' for the row. */
  readonly path: string;

  constructor(path = '') {
    this.path = path;
  }

  /** What is read of the property of this name, of which something is. */
  of(name: string): Reads {
    let reads = this.properties.get(name);
    if (!reads) {
      reads = new Reads(this.path === '' ? name : `${this.path}.${name}`);
      this.properties.set(name, reads);
    }
    return reads;
  }

  /** What is read at the end of a path with dots in it. */
  at(path: string): Reads {
    return path.split('.').reduce<Reads>((reads, name) => reads.of(name), this);
  }
}

/** What an operation reads of an endpoint's rows. */
export interface RowReads {
  readonly endpoint: BatchDescription | ListDescription;
  readonly reads: Reads;
  /** A resolver does not say what it reads of them. */
  isUnstated: boolean;
}

/** By endpoint, which is told by identity. */
export type OperationReads = ReadonlyMap<object, RowReads>;

/**
 * What the fields of an operation read of each endpoint's rows, to the last name, united over the operation as
 * `selectionOf` does it. Fields behind @skip and @include count as read.
 */
export function readsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationReads {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const walk = new Walk(schema, new Map(fragments.map((fragment) => [fragment.name.value, fragment])));
  const root = schema.getRootType(operation.operation);
  if (root) walk.enter([operation.selectionSet], root, undefined);
  return walk.rows;
}

/** An object whose fields are looked at: part of a row, or what leads to the rows of a page. */
type Position =
  | { readonly part: Reads; readonly row: RowReads }
  | { readonly page: RowReads; readonly at: readonly string[] }
  | undefined;

class Walk {
  readonly rows = new Map<object, RowReads>();
  readonly #schema: GraphQLSchema;
  readonly #fragments: Fragments;

  constructor(schema: GraphQLSchema, fragments: Fragments) {
    this.#schema = schema;
    this.#fragments = fragments;
  }

  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType, at: Position): void {
    if (isAbstractType(type)) {
      for (const possible of this.#schema.getPossibleTypes(type)) this.enter(selections, possible, at);
    } else if (isObjectType(type)) {
      for (const field of answeredFields(this.#schema, this.#fragments, selections, type)) this.#field(field, at);
    }
  }

  #field({ definition, selections }: AnsweredField, at: Position): void {
    const subtype = getNamedType(definition.type);
    const isComposite = isCompositeType(subtype);
    const plan = planOf(definition.resolve, definition.name);
    let below = plan && at ? stepped(at, definition.name, plan, isComposite) : undefined;
    if (!plan && at) ('row' in at ? at.row : at.page).isUnstated = true;
    for (const call of plan?.calls ?? []) below = this.#called(call, isComposite);
    if (isComposite) this.enter(selections, subtype, below);
  }

  /** Notes what a call is for, and answers what stands below the field that makes it. */
  #called(call: PlannedCall, isComposite: boolean): Position {
    const row = this.#rowsOf(call);
    if (call.reads === 'all') {
      row.isUnstated = true;
      return undefined;
    }
    if (call.reads) return read(row.reads, row, { ...call, reads: call.reads }, isComposite);
    return call.rowAt.length === 0 ? { part: row.reads, row } : { page: row, at: call.rowAt };
  }

  #rowsOf({ endpoint, rowAt }: PlannedCall): RowReads {
    const row = this.rows.get(endpoint) ?? { endpoint, reads: new Reads(), isUnstated: false };
    this.rows.set(endpoint, row);
    // The rows of a batch are matched by their key, and the cursors of a connection are made of it.
    const needsKey = endpoint.kind === 'batch' ? endpoint.ids.many : rowAt.length > 0;
    if (needsKey) row.reads.of(endpoint.rowKey).isWhole = true;
    return row;
  }
}

/** Where a field without a call leads. */
function stepped(at: NonNullable<Position>, name: string, plan: Plan, isComposite: boolean): Position {
  if ('part' in at) return read(at.part, at.row, plan, isComposite);
  const [next, ...rest] = at.at;
  if (name !== next) return undefined;
  return rest.length === 0 ? { part: at.page.reads, row: at.page } : { page: at.page, at: rest };
}

/** What is read of an object, by a field or by a call for its field. */
interface Reading {
  readonly reads: readonly string[];
  readonly paths?: readonly string[] | undefined;
  readonly handsOn?: boolean | undefined;
}

/** Notes what a field reads of an object, and answers the property that it hands on to the fields below it. */
function read(part: Reads, row: RowReads, { reads, paths, handsOn }: Reading, isComposite: boolean): Position {
  const [property] = reads;
  if (handsOn && isComposite && property !== undefined) return { part: part.of(property), row };
  for (const path of paths ?? reads) part.at(path).isWhole = true;
  return undefined;
}
