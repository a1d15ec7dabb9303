import type { Plan } from '../plan.ts';
import { documentedItems, type Given, type RowPath, within } from './list-bounds.ts';

/** The objects whose fields are analysed. All numbers are maximums. */
export interface Position {
  /** Their path in the response. */
  readonly path: readonly string[];
  /** The number of different objects. */
  readonly distinct: number;
  /** The number of objects, with repetitions. */
  readonly objects: number;
  /** Identifies the objects: positions with the same source have the same objects. */
  readonly source: string;
  /** Identifies the calls that they wait for. All objects with the same source and timing are ready at the same moment. */
  readonly timing: string;
  /** The number of calls that precede them, one after the other. */
  readonly wave: number;
  /** The rows that they are, or belong to; undefined for objects that a field creates. */
  readonly row: RowPath | undefined;
  /** Rows that have been called for, further down. */
  readonly page: PageBelow | undefined;
  /** The alternatives that lead here, as alternating names of a choice and its option. One option of each choice occurs. */
  readonly scope: readonly string[];
}

/** A page, with the path of field names that leads to its rows. */
export interface PageBelow {
  readonly at: readonly string[];
  readonly rows: number;
  readonly row: RowPath;
  /** The source of the rows. */
  readonly source: string;
}

export const ROOT: Position = {
  path: [],
  distinct: 1,
  objects: 1,
  source: '',
  timing: '',
  wave: 0,
  row: undefined,
  page: undefined,
  scope: [],
};

/** A field and its parent type. */
interface FieldAt {
  readonly name: string;
  readonly key: string;
  readonly parent: string;
}

/** The position below a field without calls: a property of the objects, or the next step towards a page's rows. */
export function propertyOf({ name, key, parent }: FieldAt, plan: Plan, at: Position, names: Names): Position {
  const created = names.of('created', [...at.path, key], parent, at.source);
  const below = stepOf(name, at, names) ?? propertyBelow(plan, at, created, names);
  return plan.runs === 'resolver' ? handWritten(below, created, names) : below;
}

function stepOf(field: string, at: Position, names: Names): Position | undefined {
  const { page } = at;
  if (!page || page.at[0] !== field) return undefined;
  const rest = page.at.slice(1);
  // The rows of a page are counted at the list that leads to them, which is the first step.
  return rest.length === 0
    ? { ...at, row: page.row, page: undefined, source: page.source }
    : { ...at, page: { ...page, at: rest }, source: names.of('step', page.source, rest) };
}

function propertyBelow({ reads, passthrough }: Plan, at: Position, created: string, names: Names): Position {
  const [property, ...others] = reads;
  if (property === undefined) return at;
  const isOne = others.length === 0;
  return {
    ...at,
    row: isOne && at.row ? within(at.row, property) : undefined,
    page: undefined,
    source: isOne && passthrough ? names.of('property', at.source, property) : created,
  };
}

/** The position below a hand-written resolver: its objects may all differ. */
export function handWritten(at: Position, created: string, names: Names): Position {
  return {
    ...at,
    distinct: at.objects,
    source: created,
    timing: names.of('moment', at.timing, created),
  };
}

/** The position of the items of lists. */
export const times = (at: Position, items: number): Position => ({
  ...at,
  distinct: at.distinct * items,
  objects: at.objects * items,
});

/** The maximum length of a list field; undefined if unknown. */
export function itemsOf(field: string, own: Position, at: Position, given: Given): number | undefined {
  const leadsToPage = own.page?.at.length === 0 || at.page?.at[0] === field;
  if (leadsToPage) return (own.page ?? at.page)?.rows;
  return own.row && documentedItems(own.row, given);
}

/** The common prefix of two scopes: the alternatives in which both occur. */
export function commonScope(one: readonly string[], other: readonly string[]): readonly string[] {
  let length = 0;
  while (length < one.length && one[length] === other[length] && one[length + 1] === other[length + 1]) length += 2;
  return one.slice(0, length);
}

/** Short names for tuples: equal tuples have the same name. */
export class Names {
  readonly #names = new Map<string, string>();

  of(...parts: readonly unknown[]): string {
    const text = JSON.stringify(parts);
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = String(this.#names.size);
    this.#names.set(text, name);
    return name;
  }
}
