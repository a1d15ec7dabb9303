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
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { BatchDescription, Endpoint, ListDescription } from '../../downstream/endpoint.ts';
import { type Plan, type PlannedCall, planOf } from '../plan.ts';
import { type CollectedField, type CollectFields, fieldCollector } from './collect-fields.ts';
import { type Given, pageRows, UnboundedListError, within } from './list-bounds.ts';
import { commonScope, handWritten, itemsOf, Names, type Position, propertyOf, ROOT, times } from './position.ts';
import { requestedKeys } from './requested-keys.ts';

/** A field of an operation that calls an endpoint. Fields that always request the same keys are one site. */
export interface LoadSite {
  /** The field's path in the response. */
  readonly path: string;
  readonly endpoint: BatchDescription | ListDescription;
  /** The earliest wave in which it can call, from 1. */
  readonly wave: number;
  /** All waves in which it can call. A field need not load what another field has loaded, unless @skip excludes that one. */
  readonly waves: readonly number[];
  /** Maximum number of logical calls. */
  readonly calls: number;
  /** Maximum number of keys; of a list, of pages. */
  readonly keys: number;
  /** Maximum number of rows in the responses. */
  readonly rows: number;
  /** As `Position.scope`. */
  readonly scope: readonly string[];
}

/** A field with an ordinary resolver, which does not declare what it reads and calls. */
export class UnstatedFieldError extends Error {
  /** The field's path in the response. */
  readonly path: string;

  constructor(path: string) {
    super(`${path} has a resolver that does not declare what it reads and calls.`);
    this.path = path;
  }
}

/** All sites at which an operation calls services, each in the worst case. Throws UnboundedListError, UnstatedFieldError. */
export function loadSitesOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Given = {},
): LoadSite[] {
  const root = schema.getRootType(operation.operation);
  const walk = new Walk(schema, document, given);
  if (root) walk.enter([operation.selectionSet], root, ROOT);
  return walk.sites;
}

/** A site, and when it requests its keys. */
interface NotedSite {
  readonly site: Omit<LoadSite, 'calls'>;
  readonly isHandWritten: boolean;
  /** What its keys wait for, as `Position.timing`. A plan requests all keys of a field at one moment, wherever the field is selected. */
  readonly timings: ReadonlySet<string>;
}

class Walk {
  readonly #schema: GraphQLSchema;
  readonly #collectFields: CollectFields;
  readonly #given: Given;
  readonly #sites = new Map<Endpoint, Map<string, NotedSite>>();
  /** Numbers identify endpoints: two endpoints may have the same name. */
  readonly #numbers = new Map<Endpoint, number>();
  readonly #names = new Names();

  constructor(schema: GraphQLSchema, document: DocumentNode, given: Given) {
    this.#schema = schema;
    this.#collectFields = fieldCollector(schema, document, given);
    this.#given = given;
  }

  get sites(): LoadSite[] {
    return [...this.#sites.values()].flatMap((sites) => Array.from(sites.values(), (noted) => siteOf(noted)));
  }

  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType, at: Position): void {
    if (isAbstractType(type)) {
      const possible = this.#schema.getPossibleTypes(type);
      // Each object has one of these types. Of a single object, only the most expensive type counts.
      const choice = this.#names.of('type', at.source, type.name);
      for (const option of possible) {
        const scope = at.distinct === 1 ? [...at.scope, choice, option.name] : at.scope;
        // Objects of different types are different columns, and the client's code that tells the types may take its time.
        const timing = this.#names.of('type', at.timing, option.name, at.path);
        this.enter(selections, option, { ...at, scope, timing });
      }
      return;
    }
    if (!isObjectType(type)) return;
    for (const field of this.#collectFields(selections, type)) {
      const below = this.#below(field, type.name, at);
      this.enter(field.selections, getNamedType(field.definition.type), below);
    }
  }

  /** The position below a field. Notes the field's calls. */
  #below(field: CollectedField, parent: string, at: Position): Position {
    const { definition, key } = field;
    const path = [...at.path, key];
    const plan = planOf(definition);
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
      ...(own.page?.at.length === 0 ? { row: own.page.row, page: undefined } : {}),
    };
  }

  #own(plan: Plan, field: CollectedField, parent: string, at: Position): Position {
    const { key, definition } = field;
    if (plan.calls.length === 0) return propertyOf({ name: definition.name, key, parent }, plan, at, this.#names);
    const below = plan.callsOneOf
      ? this.#oneOf(plan.calls, field, parent, at)
      : plan.calls.reduce((position, call) => this.#call(call, field, parent, at, position), at);
    return plan.runs === 'resolver' ? handWritten(below, this.#createdBy(field, parent, at), this.#names) : below;
  }

  #oneOf(calls: readonly PlannedCall[], field: CollectedField, parent: string, at: Position): Position {
    const choice = this.#names.of('call', this.#createdBy(field, parent, at));
    const options = calls.map((call, option) => {
      const from = { ...at, scope: [...at.scope, choice, String(option)] };
      return this.#call(call, field, parent, from, from);
    });
    return { ...oneOf(options, at), scope: at.scope };
  }

  /** The source of the objects that a field creates. */
  #createdBy({ key }: CollectedField, parent: string, at: Position): string {
    return this.#names.of('created', [...at.path, key], parent, at.source);
  }

  /** `from` is the position of the field's parents; `after` is the position after the field's preceding calls. */
  #call(call: PlannedCall, field: CollectedField, parent: string, from: Position, after: Position): Position {
    const { endpoint, params } = call;
    const wave = after.wave + 1;
    // The keys of a hand-written resolver are unknown, and so is when it loads them: each parent is a moment of its own.
    const isHandWritten = call.reads === 'all';
    const here = this.#createdBy(field, parent, from);
    const { keys, identity } = isHandWritten
      ? { keys: from.objects, identity: here }
      : requestedKeys(params, field, parent, from, this.#given, this.#names);
    const path = [...from.path, field.key].join('.');
    const rowsOfPage = endpoint.kind === 'list' ? pageRows(endpoint, params, field, this.#given) : 1;
    if (rowsOfPage === undefined) throw new UnboundedListError(path);
    this.#note(identity, {
      site: { path, endpoint, wave, waves: [wave], keys, rows: keys * rowsOfPage, scope: from.scope },
      isHandWritten,
      timings: new Set([from.timing]),
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
      return { ...position, row: undefined, page, source: below };
    }
    const [property, ...others] = call.reads === 'all' ? [] : (call.reads ?? []);
    const isProperty = property !== undefined && others.length === 0;
    const below = { ...position, row: isProperty ? within(row, property) : row, page: undefined };
    if (call.reads === undefined || isHandWritten) return below;
    const isPassthrough = isProperty && call.passthrough;
    return { ...below, source: isPassthrough ? this.#names.of('property', source, property) : here };
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

/** Merges a site that is selected at two positions: it requests the same keys once. */
function both(known: NotedSite, other: NotedSite): NotedSite {
  const first = other.site.wave < known.site.wave ? other.site : known.site;
  const site = {
    ...first,
    waves: [...new Set([...known.site.waves, ...other.site.waves])],
    keys: Math.max(known.site.keys, other.site.keys),
    rows: Math.max(known.site.rows, other.site.rows),
    scope: commonScope(known.site.scope, other.site.scope),
  };
  return { ...known, site, timings: known.timings.union(other.timings) };
}

function siteOf({ site, isHandWritten, timings }: NotedSite): LoadSite {
  const { endpoint, keys } = site;
  const moments = isHandWritten ? keys : timings.size;
  return { ...site, calls: endpoint.kind === 'batch' ? callsFor(endpoint, keys, moments) : keys };
}

/** The position below a field that makes one of several calls. */
function oneOf(options: readonly Position[], at: Position): Position {
  const max = (figure: 'distinct' | 'objects' | 'wave') => Math.max(...options.map((option) => option[figure]));
  const pages = options.flatMap(({ page }) => (page ? [page] : []));
  const [page] = pages.toSorted((one, other) => other.rows - one.rows);
  const endpoints = options.flatMap(({ row }) => row?.endpoints ?? []);
  const [first = at] = options;
  return {
    ...first,
    distinct: max('distinct'),
    objects: max('objects'),
    wave: max('wave'),
    row: endpoints.length > 0 ? { endpoints, property: '' } : undefined,
    page,
  };
}

/** The number of calls for keys that are requested at several moments. Each moment may leave one batch that is not full. */
function callsFor({ ids, maxBatch }: BatchDescription, keys: number, atMost: number): number {
  if (!ids.many) return keys;
  const moments = Math.min(atMost, keys);
  return moments + Math.floor((keys - moments) / maxBatch);
}

/** The number of nested lists. */
function listDepth(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + listDepth(nullable.ofType) : 0;
}
