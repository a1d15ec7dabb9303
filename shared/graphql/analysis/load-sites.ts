import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { BatchDescription, Endpoint, ListDescription } from '../../downstream/endpoint.ts';
import { type PlannedCall, planOf } from '../plan.ts';
import { type AnsweredField, answeredFields, type Fragments } from './fields.ts';
import { type Given, pageRows, UnboundedListError, within } from './list-bounds.ts';
import { askedBy, itemsOf, type Position, propertyOf, ROOT, times } from './position.ts';

/** A place of an operation that calls an endpoint; fields that always ask for the same keys are one place. */
export interface LoadSite {
  /** The field's place in the answer. */
  readonly path: string;
  readonly endpoint: BatchDescription | ListDescription;
  /** The wave in which it can call at the earliest, from 1. */
  readonly wave: number;
  /** All waves in which it can call: what one place has loaded another need not, unless that one is skipped. */
  readonly waves: readonly number[];
  /** Logical calls at most. */
  readonly calls: number;
  /** Keys that are asked for at most; of a list, its pages. */
  readonly keys: number;
  /** Rows that come back at most. */
  readonly rows: number;
}

export interface LoadSites {
  readonly sites: readonly LoadSite[];
  /** Calls that have to wait for each other. */
  readonly waves: number;
}

/** A field whose resolver does not say what it reads and calls. */
export class UnstatedFieldError extends Error {
  /** The field's place in the answer. */
  readonly path: string;

  constructor(path: string) {
    super(`${path} has a resolver that does not say what it reads and calls.`);
    this.path = path;
  }
}

/** Everywhere that an operation calls something, each in the worst case. Throws UnboundedListError, UnstatedFieldError. */
export function loadSitesOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Given = {},
): LoadSites {
  const root = schema.getRootType(operation.operation);
  const everywhere = new Walk(schema, document, given, () => false);
  if (root) everywhere.enter([operation.selectionSet], root, ROOT);
  // Now it is known which endpoints are called in one place only: their rows come call by call, and not each by itself.
  const single = new Walk(schema, document, given, (endpoint) => everywhere.sitesAt(endpoint) === 1);
  if (root) single.enter([operation.selectionSet], root, ROOT);
  return { sites: single.sites, waves: single.waves };
}

class Walk {
  waves = 0;
  readonly #schema: GraphQLSchema;
  readonly #fragments: Fragments;
  readonly #given: Given;
  readonly #isSingle: (endpoint: Endpoint) => boolean;
  readonly #sites = new Map<Endpoint, Map<string, LoadSite>>();
  /** Two endpoints may have one name. */
  readonly #numbers = new Map<Endpoint, number>();

  constructor(
    schema: GraphQLSchema,
    { definitions }: DocumentNode,
    given: Given,
    isSingle: (endpoint: Endpoint) => boolean,
  ) {
    this.#schema = schema;
    const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    this.#given = given;
    this.#isSingle = isSingle;
  }

  get sites(): LoadSite[] {
    return [...this.#sites.values()].flatMap((sites) => [...sites.values()]);
  }

  sitesAt(endpoint: Endpoint): number {
    return this.#sites.get(endpoint)?.size ?? 0;
  }

  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType, at: Position): void {
    if (isAbstractType(type)) {
      // Each object is of one of these types; nobody knows which, so all of them count.
      for (const possible of this.#schema.getPossibleTypes(type)) this.enter(selections, possible, at);
      return;
    }
    if (!isObjectType(type)) return;
    for (const field of answeredFields(this.#schema, this.#fragments, selections, type)) {
      const below = this.#below(field, type.name, at);
      this.enter(field.selections, getNamedType(field.definition.type), below);
    }
  }

  /** The objects below a field, whose calls are noted. */
  #below(field: AnsweredField, parent: string, at: Position): Position {
    const { definition, key } = field;
    const path = [...at.path, key];
    const plan = planOf(definition.resolve, definition.name);
    if (!plan) throw new UnstatedFieldError(path.join('.'));
    const called = plan.calls.reduce((position, call) => this.#call(call, field, parent, at, position), at);
    const own = plan.calls.length > 0 ? called : propertyOf(definition.name, plan.reads, at);
    const depth = listDepth(definition.type);
    if (depth === 0) return { ...own, path };
    const items = itemsOf(definition.name, own, at, this.#given);
    if (items === undefined || depth > 1) throw new UnboundedListError(path.join('.'));
    return { ...times(own, items), path, ...(own.page?.at.length === 0 ? { row: own.page.row, page: undefined } : {}) };
  }

  /** `from` is where the field's object stands, `after` what is known after the calls that the field made before. */
  #call(call: PlannedCall, field: AnsweredField, parent: string, from: Position, after: Position): Position {
    const { endpoint, params } = call;
    const wave = after.wave + 1;
    this.waves = Math.max(this.waves, wave);
    // A resolver written by hand does not say which keys it asks for, nor when: each of its objects is a moment of its own.
    const isByHand = call.reads === 'all';
    const { keys, identity } = isByHand
      ? { keys: from.objects, identity: `${from.path.join('.')}.${field.key}` }
      : askedBy(params, field, parent, from);
    const path = [...from.path, field.key].join('.');
    const rowsOfPage = endpoint.kind === 'list' ? pageRows(endpoint, params, field, this.#given) : 1;
    if (rowsOfPage === undefined) throw new UnboundedListError(path);
    const calls = endpoint.kind === 'batch' ? batches(endpoint, keys, isByHand ? keys : from.arrivals) : keys;
    this.#note(identity, { path, endpoint, wave, waves: [wave], calls, keys, rows: keys * rowsOfPage });
    const row = {
      endpoints: [...(after.wave > from.wave ? (after.row?.endpoints ?? []) : []), endpoint],
      property: '',
    };
    const position = { ...from, distinct: keys, wave, origin: `${this.#numberOf(endpoint)} ${identity}` };
    if (endpoint.kind === 'list') {
      const page = { at: call.rowAt, rows: rowsOfPage, row };
      return { ...position, arrivals: keys, row: undefined, page };
    }
    const [property, ...others] = call.reads === 'all' ? [] : (call.reads ?? []);
    const isProperty = property !== undefined && others.length === 0;
    // What is asked for in several places may have been asked for before, and is then there at a moment of its own; what is
    // kept is there at the moment in which it is asked for, and the call's rows later.
    const moments = endpoint.public ? from.arrivals + calls : calls;
    const arrivals = this.#isSingle(endpoint) ? Math.min(moments, keys) : keys;
    return { ...position, arrivals, row: isProperty ? within(row, property) : row, page: undefined };
  }

  #numberOf(endpoint: Endpoint): number {
    const number = this.#numbers.get(endpoint) ?? this.#numbers.size;
    this.#numbers.set(endpoint, number);
    return number;
  }

  #note(identity: string, site: LoadSite): void {
    const sites = this.#sites.get(site.endpoint) ?? new Map<string, LoadSite>();
    this.#sites.set(site.endpoint, sites);
    const known = sites.get(identity);
    const waves = [...new Set([...(known?.waves ?? []), ...site.waves])];
    sites.set(identity, { ...(!known || site.wave < known.wave ? site : known), waves });
  }
}

/** Calls for so many keys that come at so many moments: each moment may leave one batch that is not full. */
function batches({ ids, maxBatch }: BatchDescription, keys: number, arrivals: number): number {
  if (!ids.many) return keys;
  const moments = Math.min(arrivals, keys);
  return moments + Math.floor((keys - moments) / maxBatch);
}

/** How many lists are in each other. */
function listDepth(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + listDepth(nullable.ofType) : 0;
}
