import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { BatchDescription, ListDescription } from '../../downstream/endpoint.ts';
import { type CollectedField, type CollectFields, fieldCollector } from '../analysis/collect-fields.ts';
import { objectTypesOf } from '../analysis/document.ts';
import { type Plan, type PlannedCall, planOf } from '../plan.ts';

/** The parts of a value that fields read: all of it, or properties of an object or of each item of an array. */
export class Reads {
  isWhole = false;
  readonly properties = new Map<string, Reads>();
  /** The dotted path from the row; empty for the row. */
  readonly path: string;

  constructor(path = '') {
    this.path = path;
  }

  /** The reads of a property, which is created if needed. */
  of(name: string): Reads {
    let reads = this.properties.get(name);
    if (!reads) {
      reads = new Reads(this.path === '' ? name : `${this.path}.${name}`);
      this.properties.set(name, reads);
    }
    return reads;
  }

  /** The reads at a dotted path. */
  at(path: string): Reads {
    return path.split('.').reduce<Reads>((reads, name) => reads.of(name), this);
  }
}

/** The reads of an endpoint's rows. */
export interface RowReads {
  readonly endpoint: BatchDescription | ListDescription;
  readonly reads: Reads;
  /** An ordinary resolver reads them, and does not declare which properties. */
  isUnstated: boolean;
}

/** By endpoint. The key is the endpoint object. */
export type OperationReads = ReadonlyMap<object, RowReads>;

/**
 * The properties that an operation's fields read of each endpoint's rows, with full paths, united over the operation as in `selectionOf`.
 * Fields behind @skip and @include count as read.
 */
export function readsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationReads {
  const walk = new Walk(schema, document);
  const root = schema.getRootType(operation.operation);
  if (root) walk.enter([operation.selectionSet], root, undefined);
  return walk.rows;
}

/** The parent of fields: part of a row, or a step on the path to the rows of a page. */
type Position =
  | { readonly part: Reads; readonly row: RowReads }
  | { readonly page: RowReads; readonly at: readonly string[] }
  | undefined;

class Walk {
  readonly rows = new Map<object, RowReads>();
  readonly #schema: GraphQLSchema;
  readonly #collectFields: CollectFields;

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.#collectFields = fieldCollector(schema, document);
  }

  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType, at: Position): void {
    for (const possible of objectTypesOf(this.#schema, type)) {
      for (const field of this.#collectFields(selections, possible)) this.#field(field, at);
    }
  }

  #field({ definition, selections }: CollectedField, at: Position): void {
    const subtype = getNamedType(definition.type);
    const isComposite = isCompositeType(subtype);
    const plan = planOf(definition);
    let below = plan && at ? stepped(at, definition.name, plan, isComposite) : undefined;
    if (!plan && at) ('row' in at ? at.row : at.page).isUnstated = true;
    for (const call of plan?.calls ?? []) below = this.#called(call, isComposite);
    if (isComposite) this.enter(selections, subtype, below);
  }

  /** Notes the reads of a call. Returns the position below its field. */
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
    // Rows of a batch are matched by key, and cursors of a connection contain the key.
    const needsKey = endpoint.kind === 'batch' ? endpoint.ids.many : rowAt.length > 0;
    if (needsKey) row.reads.of(endpoint.rowKey).isWhole = true;
    return row;
  }
}

/** The position below a field without a call. */
function stepped(at: NonNullable<Position>, name: string, plan: Plan, isComposite: boolean): Position {
  if ('part' in at) return read(at.part, at.row, plan, isComposite);
  const [next, ...rest] = at.at;
  if (name !== next) return undefined;
  return rest.length === 0 ? { part: at.page.reads, row: at.page } : { page: at.page, at: rest };
}

/** The reads of a field, or of a call for a field. */
interface Reading {
  readonly reads: readonly string[];
  readonly paths?: readonly string[] | undefined;
  readonly passthrough?: boolean | undefined;
}

/** Notes the reads of a field. Returns the position of the property that the fields below it read. */
function read(part: Reads, row: RowReads, { reads, paths, passthrough }: Reading, isComposite: boolean): Position {
  const [property] = reads;
  if (passthrough && isComposite && property !== undefined) return { part: part.of(property), row };
  for (const path of paths ?? reads) part.at(path).isWhole = true;
  return undefined;
}
