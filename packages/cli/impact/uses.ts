import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import {
  type CollectedField,
  type CollectFields,
  fieldCollector,
} from '@facet/server/internal/graphql/analysis/collect-fields.ts';
import { UnboundedListError } from '@facet/server/internal/graphql/analysis/list-bounds.ts';
import { loadSitesOf, UnstatedFieldError } from '@facet/server/internal/graphql/analysis/load-sites.ts';
import { selectionOf } from '@facet/server/internal/graphql/analysis/selection.ts';
import { type Plan, type PlannedCall, planOf } from '@facet/server/internal/graphql/plan.ts';
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { callOf, type SentParameters } from './sent.ts';

interface Used {
  /** Type.field */
  readonly field: string;
  readonly endpoint: PlannedCall['endpoint'];
}

/** A field that calls an endpoint. */
export interface Call extends Used {
  readonly kind: 'call';
  readonly parameters: SentParameters;
  /** Largest number of keys that one operation requests. */
  readonly mostKeys: number;
  /** Whether it reads whether there are more pages. */
  readonly isPaged: boolean;
}

/** A field that reads a value of an endpoint's rows. */
export interface Read extends Used {
  readonly kind: 'read';
  /** The value's property path in a row. */
  readonly property: string;
  /** Whether it may read everything inside the value, instead of only passing the value to the fields below. */
  readonly isWhole: boolean;
  /** Whether a missing value becomes null without an error. */
  readonly toleratesNone: boolean;
  /** The values of the field's enum type, if the value is passed on as one. */
  readonly values: readonly string[] | undefined;
  /** Whether the value is passed on as a DateTime. */
  readonly isDateTime: boolean;
  /** Whether the value is passed on as an Int of 32 bits. */
  readonly isInt: boolean;
}

/** A field with a hand-written resolver that receives whole rows or does not declare what it reads. */
export interface HandWritten extends Used {
  readonly kind: 'hand-written';
}

export type Use = Call | Read | HandWritten;

/** Calls and reads of all fields of a schema. */
export function usesOf(schema: GraphQLSchema, propertyOf: PropertyOf): Use[] {
  const walk = new Walk(schema, propertyOf, {
    fieldsOf: (type) =>
      Object.values(type.getFields()).map((definition) => ({ definition, arguments: undefined, selections: [] })),
    propertiesOf: ({ sparse }) => (sparse === undefined ? undefined : 'any'),
    mostKeys: () => Number.POSITIVE_INFINITY,
  });
  const root = schema.getQueryType();
  if (root) walk.enter([], root, NO_ROWS);
  return walk.uses();
}

/** Calls and reads of the fields that a document's operation selects. */
export function usesIn(schema: GraphQLSchema, propertyOf: PropertyOf, document: DocumentNode): Use[] {
  const operation = getOperationAST(document);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return [];
  const walk = new Walk(schema, propertyOf, asSelected(schema, document, operation));
  walk.enter([operation.selectionSet], root, NO_ROWS);
  return walk.uses();
}

function asSelected(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Selection {
  const collectFields = fieldCollector(schema, document);
  const selection = selectionOf(schema, document, operation);
  return {
    fieldsOf: (type, selections) => collectFields(selections, type),
    propertiesOf: (endpoint) => selection.get(endpoint),
    mostKeys: keysIn(schema, document, operation),
  };
}

/** The number of keys of an endpoint in one operation. All loads of an operation may end up in one batch, so they are added up. */
function keysIn(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (endpoint: Endpoint) => number {
  try {
    const sites = loadSitesOf(schema, document, operation);
    return (endpoint) =>
      sites.filter((site) => site.endpoint === endpoint).reduce((total, { keys }) => total + keys, 0);
  } catch (error) {
    if (error instanceof UnboundedListError || error instanceof UnstatedFieldError)
      return () => Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** The shortest property path of a value in an endpoint's rows; undefined if the value is not documented. */
export type PropertyOf = (endpoint: Endpoint, property: string) => string | undefined;

type ObjectType = Parameters<CollectFields>[1];
type SelectedField = Pick<CollectedField, 'definition' | 'selections'> & Parameters<typeof callOf>[1];

/** The selected part of a schema: all fields, or those of an operation. */
export interface Selection {
  readonly fieldsOf: (type: ObjectType, selections: readonly SelectionSetNode[]) => readonly SelectedField[];
  /** The properties that calls request with the sparse parameter; undefined without one, and 'any' if they are unknown. */
  readonly propertiesOf: (endpoint: Endpoint) => readonly string[] | 'any' | undefined;
  /** Largest number of keys of an endpoint that one operation requests. */
  readonly mostKeys: (endpoint: Endpoint) => number;
}

/** A value in the rows of an endpoint. */
interface Row {
  readonly endpoint: PlannedCall['endpoint'];
  readonly property: string;
}

/** The rows that the objects at a position in the schema come from. */
interface Position {
  readonly rows: readonly Row[];
  /** A page whose rows are further down, at this path of fields. */
  readonly page: { readonly at: readonly string[]; readonly row: Row } | undefined;
}

export const NO_ROWS: Position = { rows: [], page: undefined };

/** Walks down the fields of a schema and collects what each uses according to its plan. */
export class Walk {
  readonly #schema: GraphQLSchema;
  readonly #propertyOf: PropertyOf;
  readonly #selection: Selection;
  readonly #uses = new Map<string, Use>();
  readonly #entered = new Set<string>();

  constructor(schema: GraphQLSchema, propertyOf: PropertyOf, selection: Selection) {
    this.#schema = schema;
    this.#propertyOf = propertyOf;
    this.#selection = selection;
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
    // Without a selection, the fields of a type use the same rows at every position, so each position is entered once.
    const here = selections.length > 0 ? undefined : `${type.name} ${keyOf(at)}`;
    if (!isObjectType(type) || (here !== undefined && this.#entered.has(here))) return;
    if (here !== undefined) this.#entered.add(here);
    for (const field of this.#selection.fieldsOf(type, selections)) {
      const named = getNamedType(field.definition.type);
      const below = this.#field(field, type.name, at);
      if (isCompositeType(named)) this.enter(field.selections, named, below);
    }
  }

  /** Records what a field uses. Returns the position of the objects below it. */
  #field(selected: SelectedField, typeName: string, at: Position): Position {
    const { definition } = selected;
    const field = `${typeName}.${definition.name}`;
    const plan = planOf(definition);
    if (!plan) {
      for (const { endpoint } of at.rows) this.#note({ kind: 'hand-written', field, endpoint });
      return NO_ROWS;
    }
    const isAsIs = plan.passthrough === true || plan.calls.some(({ passthrough }) => passthrough);
    const isBatch = plan.calls.every(({ endpoint }) => endpoint.kind === 'batch');
    for (const name of plan.paths ?? plan.reads) {
      // A key only has to exist: without a key there is no row.
      const isKey = plan.calls.length > 0;
      const how = isKey ? { isAsIs: false, toleratesNone: isBatch } : { isAsIs, toleratesNone: isAsIs };
      for (const row of this.#within(at.rows, name)) this.#read(definition, field, row, how);
    }
    for (const call of plan.calls) {
      const { endpoint } = call;
      const mostKeys = this.#selection.mostKeys(endpoint);
      const parameters = callOf(call, selected, {
        properties: call.reads === 'all' ? undefined : this.#selection.propertiesOf(endpoint),
        mostKeys,
      });
      this.#note({ kind: 'call', field, endpoint, parameters, mostKeys, isPaged: call.rowAt.length > 0 });
      if (call.reads === 'all') this.#note({ kind: 'hand-written', field, endpoint: call.endpoint });
      else {
        for (const name of call.paths ?? call.reads ?? []) {
          const rows = this.#within([{ endpoint: call.endpoint, property: '' }], name);
          for (const row of rows) this.#read(definition, field, row, { isAsIs, toleratesNone: isAsIs });
        }
      }
    }
    return plan.calls.length > 0 ? this.#called(plan.calls, isAsIs) : this.#property(definition.name, plan, at);
  }

  #within(rows: readonly Row[], name: string): Row[] {
    return rows.flatMap(({ endpoint, property: outer }): Row[] => {
      const property = this.#propertyOf(endpoint, outer === '' ? name : `${outer}.${name}`);
      return property === undefined ? [] : [{ endpoint, property }];
    });
  }

  /** With rows of several endpoints, those that have all properties the type reads. Which row is of which type is not declared. */
  #fitting(at: Position, type: ObjectType): Position {
    if (at.rows.length < 2) return at;
    const plans = Object.values(type.getFields()).map(planOf);
    const names = plans.flatMap((plan) => plan?.reads ?? []);
    return { ...at, rows: at.rows.filter((row) => names.every((name) => this.#within([row], name).length > 0)) };
  }

  /** The position below a field that calls an endpoint. */
  #called(calls: readonly PlannedCall[], isAsIs: boolean): Position {
    const rows = calls.flatMap(({ endpoint, reads }): Row[] => {
      const row = { endpoint, property: '' };
      if (this.#propertyOf(endpoint, '') === undefined) return [];
      if (reads === undefined || reads === 'all') return [row];
      return isAsIs ? reads.flatMap((name) => this.#within([row], name)) : [];
    });
    const [at, row] = [calls[0]?.rowAt ?? [], rows[0]];
    return at.length > 0 && row ? { rows: [], page: { at, row } } : { rows, page: undefined };
  }

  /** The position below a field that reads a property, or that is a step towards the rows of a page. */
  #property(field: string, { reads, passthrough: isAsIs }: Plan, at: Position): Position {
    const { page } = at;
    if (page && page.at[0] === field) {
      const rest = page.at.slice(1);
      return rest.length === 0 ? { rows: [page.row], page: undefined } : { rows: [], page: { ...page, at: rest } };
    }
    const [property, ...others] = reads;
    if (property === undefined) return at;
    return isAsIs && others.length === 0 ? { rows: this.#within(at.rows, property), page: undefined } : NO_ROWS;
  }

  #read(
    { type }: GraphQLField<unknown, unknown>,
    field: string,
    { endpoint, property }: Row,
    { isAsIs, toleratesNone }: { readonly isAsIs: boolean; readonly toleratesNone: boolean },
  ): void {
    const named = getNamedType(type);
    this.#note({
      kind: 'read',
      field,
      endpoint,
      property,
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
    // A field may call the same endpoint several times in an operation, with different arguments.
    const differs = kind === 'read' ? use.property : kind === 'call' ? JSON.stringify([...use.parameters]) : '';
    this.#uses.set(`${key} ${differs}`, use);
  }
}

const keyOf = ({ rows, page }: Position): string =>
  JSON.stringify([rows.map(rowKey), page && [page.at, rowKey(page.row)]]);

const rowKey = ({ endpoint, property }: Row): string => `${idOf(endpoint)} ${property}`;

// Endpoints may share a name, so they are identified by object identity.
const ids = new WeakMap<Endpoint, number>();
let nextId = 0;

function idOf(endpoint: Endpoint): number {
  const id = ids.get(endpoint) ?? nextId++;
  ids.set(endpoint, id);
  return id;
}
