import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import type { CollectedField, CollectFields } from '@facet/server/internal/graphql/analysis/collect-fields.ts';
import { type Plan, type PlannedCall, planOf } from '@facet/server/internal/graphql/plan.ts';
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { callOf } from './sent.ts';
import type { Use } from './use.ts';

/** The place of a value in an endpoint's rows, the shortest one of the same; undefined where none is documented. */
export type PlaceOf = (endpoint: Endpoint, place: string) => string | undefined;

type ObjectType = Parameters<CollectFields>[1];
type AskedField = Pick<CollectedField, 'definition' | 'selections'> & Parameters<typeof callOf>[1];

/** What is asked of a schema: all, or what an operation selects. */
export interface Asked {
  readonly fieldsOf: (type: ObjectType, selections: readonly SelectionSetNode[]) => readonly AskedField[];
  /** The properties that its calls name; undefined where they name none, and 'any' where they may be any. */
  readonly propertiesOf: (endpoint: Endpoint) => readonly string[] | 'any' | undefined;
  /** Keys of an endpoint that one operation asks for at most. */
  readonly mostKeys: (endpoint: Endpoint) => number;
}

/** A value in the rows of an endpoint. */
interface Row {
  readonly endpoint: PlannedCall['endpoint'];
  readonly place: string;
}

/** What the objects whose fields are looked at may be. */
interface Position {
  readonly rows: readonly Row[];
  /** Rows that stand further down, at these fields. */
  readonly page: { readonly at: readonly string[]; readonly row: Row } | undefined;
}

export const NOWHERE: Position = { rows: [], page: undefined };

/** Follows fields down a schema by their plans, and notes what each uses. */
export class Walk {
  readonly #schema: GraphQLSchema;
  readonly #placeOf: PlaceOf;
  readonly #asked: Asked;
  readonly #uses = new Map<string, Use>();
  readonly #entered = new Set<string>();

  constructor(schema: GraphQLSchema, placeOf: PlaceOf, asked: Asked) {
    this.#schema = schema;
    this.#placeOf = placeOf;
    this.#asked = asked;
  }

  uses(): Use[] {
    return [...this.#uses.values()];
  }

  enter(selections: readonly SelectionSetNode[], type: GraphQLNamedType, at: Position): void {
    if (isAbstractType(type)) {
      for (const possible of this.#schema.getPossibleTypes(type))
        this.enter(selections, possible, this.#fitting(at, possible));
      return;
    }
    // What all fields of a schema use is the same wherever they stand; what is selected differs from place to place.
    const here = selections.length > 0 ? undefined : `${type.name} ${keyOf(at)}`;
    if (!isObjectType(type) || (here !== undefined && this.#entered.has(here))) return;
    if (here !== undefined) this.#entered.add(here);
    for (const field of this.#asked.fieldsOf(type, selections)) {
      const named = getNamedType(field.definition.type);
      const below = this.#field(field, type.name, at);
      if (isCompositeType(named)) this.enter(field.selections, named, below);
    }
  }

  /** Notes what a field uses; what the objects below it are. */
  #field(asked: AskedField, typeName: string, at: Position): Position {
    const { definition } = asked;
    const field = `${typeName}.${definition.name}`;
    const plan = planOf(definition);
    if (!plan) {
      for (const { endpoint } of at.rows) this.#note({ kind: 'by hand', field, endpoint });
      return NOWHERE;
    }
    const isAsIs = plan.passthrough === true || plan.calls.some(({ passthrough }) => passthrough);
    const isBatch = plan.calls.every(({ endpoint }) => endpoint.kind === 'batch');
    for (const name of plan.paths ?? plan.reads) {
      // Of what it loads by, a field needs no more than that it is there: without a key there is no row.
      const isKey = plan.calls.length > 0;
      const how = isKey ? { isAsIs: false, toleratesNone: isBatch } : { isAsIs, toleratesNone: isAsIs };
      for (const row of this.#within(at.rows, name)) this.#read(definition, field, row, how);
    }
    for (const call of plan.calls) {
      const { endpoint } = call;
      const mostKeys = this.#asked.mostKeys(endpoint);
      const parameters = callOf(call, asked, {
        properties: call.reads === 'all' ? undefined : this.#asked.propertiesOf(endpoint),
        mostKeys,
      });
      this.#note({ kind: 'call', field, endpoint, parameters, mostKeys, isPaged: call.rowAt.length > 0 });
      if (call.reads === 'all') this.#note({ kind: 'by hand', field, endpoint: call.endpoint });
      else {
        for (const name of call.paths ?? call.reads ?? []) {
          const rows = this.#within([{ endpoint: call.endpoint, place: '' }], name);
          for (const row of rows) this.#read(definition, field, row, { isAsIs, toleratesNone: isAsIs });
        }
      }
    }
    return plan.calls.length > 0 ? this.#called(plan.calls, isAsIs) : this.#property(definition.name, plan, at);
  }

  #within(rows: readonly Row[], name: string): Row[] {
    return rows.flatMap(({ endpoint, place: outer }): Row[] => {
      const place = this.#placeOf(endpoint, outer === '' ? name : `${outer}.${name}`);
      return place === undefined ? [] : [{ endpoint, place }];
    });
  }

  /** Of rows of several endpoints, those that have what a type reads: nobody says which row is of which type. */
  #fitting(at: Position, type: ObjectType): Position {
    if (at.rows.length < 2) return at;
    const plans = Object.values(type.getFields()).map(planOf);
    const names = plans.flatMap((plan) => plan?.reads ?? []);
    return { ...at, rows: at.rows.filter((row) => names.every((name) => this.#within([row], name).length > 0)) };
  }

  /** What stands below a field that calls. */
  #called(calls: readonly PlannedCall[], isAsIs: boolean): Position {
    const rows = calls.flatMap(({ endpoint, reads }): Row[] => {
      const row = { endpoint, place: '' };
      if (this.#placeOf(endpoint, '') === undefined) return [];
      if (reads === undefined || reads === 'all') return [row];
      return isAsIs ? reads.flatMap((name) => this.#within([row], name)) : [];
    });
    const [at, row] = [calls[0]?.rowAt ?? [], rows[0]];
    return at.length > 0 && row ? { rows: [], page: { at, row } } : { rows, page: undefined };
  }

  /** A property of the objects, or what stands at the next step down to the rows of a page. */
  #property(field: string, { reads, passthrough: isAsIs }: Plan, at: Position): Position {
    const { page } = at;
    if (page && page.at[0] === field) {
      const rest = page.at.slice(1);
      return rest.length === 0 ? { rows: [page.row], page: undefined } : { rows: [], page: { ...page, at: rest } };
    }
    const [property, ...others] = reads;
    if (property === undefined) return at;
    return isAsIs && others.length === 0 ? { rows: this.#within(at.rows, property), page: undefined } : NOWHERE;
  }

  #read(
    { type }: GraphQLField<unknown, unknown>,
    field: string,
    { endpoint, place }: Row,
    { isAsIs, toleratesNone }: { readonly isAsIs: boolean; readonly toleratesNone: boolean },
  ): void {
    const named = getNamedType(type);
    this.#note({
      kind: 'read',
      field,
      endpoint,
      place,
      isWhole: !(isAsIs && isCompositeType(named)),
      toleratesNone: toleratesNone && !isNonNullType(type),
      values: isAsIs && isEnumType(named) ? named.getValues().map(({ value }) => String(value)) : undefined,
      isDateTime: isAsIs && named.name === 'DateTime',
      isInt: isAsIs && named.name === 'Int',
    });
  }

  #note(use: Use): void {
    const { kind, field, endpoint } = use;
    const key = `${kind} ${field} ${idOf(endpoint)}`;
    // A field may call the same endpoint in several places of an operation, each with arguments of its own.
    const differs = kind === 'read' ? use.place : kind === 'call' ? JSON.stringify([...use.parameters]) : '';
    this.#uses.set(`${key} ${differs}`, use);
  }
}

const keyOf = ({ rows, page }: Position): string =>
  JSON.stringify([rows.map(rowKey), page && [page.at, rowKey(page.row)]]);

const rowKey = ({ endpoint, place }: Row): string => `${idOf(endpoint)} ${place}`;

// Endpoints may share a name; each is an object of its own.
const ids = new WeakMap<Endpoint, number>();
let nextId = 0;

function idOf(endpoint: Endpoint): number {
  const id = ids.get(endpoint) ?? nextId++;
  ids.set(endpoint, id);
  return id;
}
