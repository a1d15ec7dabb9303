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
import { type Plan, type PlannedCall, planOf } from '../plan.ts';
import { commonScope } from './alternatives.ts';
import { askedBy } from './asked.ts';
import { type AnsweredField, answeredFields, type Fragments } from './fields.ts';
import { type Given, pageRows, UnboundedListError, within } from './list-bounds.ts';
import { byHand, itemsOf, Names, type Position, propertyOf, ROOT, times } from './position.ts';

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
  /** The alternatives that it belongs to, as in Position. */
  readonly scope: readonly string[];
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
): LoadSite[] {
  const root = schema.getRootType(operation.operation);
  const everywhere = new Walk(schema, document, given, () => false);
  if (root) everywhere.enter([operation.selectionSet], root, ROOT);
  // Now it is known which endpoints are called in one place only: their rows come call by call, and not each by itself.
  const single = new Walk(schema, document, given, (endpoint) => everywhere.isSingle(endpoint));
  if (root) single.enter([operation.selectionSet], root, ROOT);
  return single.sites;
}

/** A place, and when its keys come. */
interface NotedSite {
  readonly site: Omit<LoadSite, 'calls'>;
  readonly isByHand: boolean;
  /** Moments at which keys come, by the calls that they wait for. */
  readonly arrivals: ReadonlyMap<string, number>;
}

class Walk {
  readonly #schema: GraphQLSchema;
  readonly #fragments: Fragments;
  readonly #given: Given;
  readonly #isSingle: (endpoint: Endpoint) => boolean;
  readonly #sites = new Map<Endpoint, Map<string, NotedSite>>();
  /** Two endpoints may have one name. */
  readonly #numbers = new Map<Endpoint, number>();
  readonly #names = new Names();

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
    return [...this.#sites.values()].flatMap((sites) => Array.from(sites.values(), (noted) => siteOf(noted)));
  }

  /** Whether the keys of an endpoint are asked for by one place, and come at the same moments wherever it stands. */
  isSingle(endpoint: Endpoint): boolean {
    const [only, ...others] = this.#sites.get(endpoint)?.values() ?? [];
    return only?.arrivals.size === 1 && others.length === 0;
  }

  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType, at: Position): void {
    if (isAbstractType(type)) {
      const possible = this.#schema.getPossibleTypes(type);
      // Each object is of one of these types. All of them count, but of a single object the most expensive one.
      const choice = this.#names.of('type', at.source, type.name);
      for (const option of possible) {
        const scope = at.distinct === 1 ? [...at.scope, choice, option.name] : at.scope;
        this.enter(selections, option, { ...at, scope });
      }
      return;
    }
    if (!isObjectType(type)) return;
    for (const field of answeredFields(this.#schema, this.#fragments, selections, type, this.#given)) {
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
    const own = this.#own(plan, field, parent, at);
    const depth = listDepth(definition.type);
    if (depth === 0) return { ...own, path };
    const items = itemsOf(definition.name, own, at, this.#given);
    if (items === undefined || depth > 1) throw new UnboundedListError(path.join('.'));
    const all = times(own, items);
    return {
      ...all,
      path,
      // Each item of a list that is made by hand may come at a moment of its own.
      ...(plan.runs === 'resolver' ? { arrivals: all.objects } : {}),
      ...(own.page?.at.length === 0 ? { row: own.page.row, page: undefined } : {}),
    };
  }

  #own(plan: Plan, field: AnsweredField, parent: string, at: Position): Position {
    const { key, definition } = field;
    if (plan.calls.length === 0) return propertyOf({ name: definition.name, key, parent }, plan, at, this.#names);
    const below = plan.callsOneOf
      ? this.#oneOf(plan.calls, field, parent, at)
      : plan.calls.reduce((position, call) => this.#call(call, field, parent, at, position), at);
    return plan.runs === 'resolver' ? byHand(below, this.#madeBy(field, parent, at), this.#names) : below;
  }

  #oneOf(calls: readonly PlannedCall[], field: AnsweredField, parent: string, at: Position): Position {
    const choice = this.#names.of('call', this.#madeBy(field, parent, at));
    const options = calls.map((call, option) => {
      const from = { ...at, scope: [...at.scope, choice, String(option)] };
      return this.#call(call, field, parent, from, from);
    });
    return { ...oneOf(options, at), scope: at.scope };
  }

  /** The source of what a function makes of the objects. */
  #madeBy({ key }: AnsweredField, parent: string, at: Position): string {
    return this.#names.of('made', [...at.path, key], parent, at.source);
  }

  /** `from` is where the field's object stands, `after` what is known after the calls that the field made before. */
  #call(call: PlannedCall, field: AnsweredField, parent: string, from: Position, after: Position): Position {
    const { endpoint, params } = call;
    const wave = after.wave + 1;
    // A resolver written by hand does not say which keys it asks for, nor when: each of its objects is a moment of its own.
    const isByHand = call.reads === 'all';
    const here = this.#madeBy(field, parent, from);
    const { keys, identity } = isByHand
      ? { keys: from.objects, identity: here }
      : askedBy(params, field, parent, from, this.#given, this.#names);
    const path = [...from.path, field.key].join('.');
    const rowsOfPage = endpoint.kind === 'list' ? pageRows(endpoint, params, field, this.#given) : 1;
    if (rowsOfPage === undefined) throw new UnboundedListError(path);
    this.#note(identity, {
      site: { path, endpoint, wave, waves: [wave], keys, rows: keys * rowsOfPage, scope: from.scope },
      isByHand,
      arrivals: new Map([[from.timing, from.arrivals]]),
    });
    const row = {
      endpoints: [...(after.wave > from.wave ? (after.row?.endpoints ?? []) : []), endpoint],
      property: '',
    };
    const source = this.#names.of('rows', this.#numberOf(endpoint), identity);
    const timing = this.#names.of('call', after.timing, source);
    const position = { ...from, distinct: keys, wave, source, timing };
    if (endpoint.kind === 'list') {
      const page = { at: call.rowAt, rows: rowsOfPage, row, source };
      const isRow = call.rowAt.length === 0;
      const below = isRow ? source : this.#names.of('step', source, call.rowAt);
      return { ...position, arrivals: keys, row: undefined, page, source: below };
    }
    const [property, ...others] = call.reads === 'all' ? [] : (call.reads ?? []);
    const isProperty = property !== undefined && others.length === 0;
    // Rows whose keys come at one moment come together, however many calls they need; those that are kept come at once, before
    // the others. What is asked for in several places may have been asked for before, and is then there at a moment of its own.
    const moments = endpoint.public ? 2 * from.arrivals : from.arrivals;
    const arrivals = this.#isSingle(endpoint) ? Math.min(moments, keys) : keys;
    const below = { ...position, arrivals, row: isProperty ? within(row, property) : row, page: undefined };
    if (call.reads === undefined || isByHand) return below;
    const isHandedOn = isProperty && call.passthrough;
    return { ...below, source: isHandedOn ? this.#names.of('property', source, property) : here };
  }

  #numberOf(endpoint: Endpoint): number {
    const number = this.#numbers.get(endpoint) ?? this.#numbers.size;
    this.#numbers.set(endpoint, number);
    return number;
  }

  #note(identity: string, noted: NotedSite): void {
    const { endpoint } = noted.site;
    const sites = this.#sites.get(endpoint) ?? new Map<string, NotedSite>();
    this.#sites.set(endpoint, sites);
    const known = sites.get(identity);
    sites.set(identity, known ? both(known, noted) : noted);
  }
}

/** One place that stands at two positions: it asks once for the same keys. */
function both(known: NotedSite, other: NotedSite): NotedSite {
  const first = other.site.wave < known.site.wave ? other.site : known.site;
  const arrivals = new Map(known.arrivals);
  for (const [timing, moments] of other.arrivals) arrivals.set(timing, Math.max(moments, arrivals.get(timing) ?? 0));
  const site = {
    ...first,
    waves: [...new Set([...known.site.waves, ...other.site.waves])],
    keys: Math.max(known.site.keys, other.site.keys),
    rows: Math.max(known.site.rows, other.site.rows),
    scope: commonScope(known.site.scope, other.site.scope),
  };
  return { ...known, site, arrivals };
}

function siteOf({ site, isByHand, arrivals }: NotedSite): LoadSite {
  const { endpoint, keys } = site;
  const moments = isByHand ? keys : [...arrivals.values()].reduce((sum, each) => sum + each, 0);
  return { ...site, calls: endpoint.kind === 'batch' ? callsFor(endpoint, keys, moments) : keys };
}

/** What stands below a field that made one of several calls. */
function oneOf(options: readonly Position[], at: Position): Position {
  const most = (figure: 'distinct' | 'objects' | 'arrivals' | 'wave') =>
    Math.max(...options.map((option) => option[figure]));
  const pages = options.flatMap(({ page }) => (page ? [page] : []));
  const [page] = pages.toSorted((one, other) => other.rows - one.rows);
  const endpoints = options.flatMap(({ row }) => row?.endpoints ?? []);
  const [first = at] = options;
  return {
    ...first,
    distinct: most('distinct'),
    objects: most('objects'),
    arrivals: most('arrivals'),
    wave: most('wave'),
    row: endpoints.length > 0 ? { endpoints, property: '' } : undefined,
    page,
  };
}

/** Calls for so many keys that come at so many moments: each moment may leave one batch that is not full. */
function callsFor({ ids, maxBatch }: BatchDescription, keys: number, arrivals: number): number {
  if (!ids.many) return keys;
  const moments = Math.min(arrivals, keys);
  return moments + Math.floor((keys - moments) / maxBatch);
}

/** How many lists are in each other. */
function listDepth(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + listDepth(nullable.ofType) : 0;
}
