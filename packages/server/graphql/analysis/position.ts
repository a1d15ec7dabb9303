import type { Plan } from '../plan.ts';
import { documentedItems, type Given, type RowPlace, within } from './list-bounds.ts';

/** What is known of the objects whose fields are looked at, all of it at most. */
export interface Position {
  /** Where they stand in the answer. */
  readonly path: readonly string[];
  /** Objects that differ. */
  readonly distinct: number;
  /** Objects, the same one counted as often as it stands there. */
  readonly objects: number;
  /** Moments at which they come: loads of one moment go into one batch. */
  readonly arrivals: number;
  /** What they are: objects with the same source are the same objects, wherever they stand in the answer. */
  readonly source: string;
  /** The calls that they wait for: objects with the same source and the same timing come at the same moments. */
  readonly timing: string;
  /** Calls that had to be waited for. */
  readonly wave: number;
  /** What they are in a service's answer; undefined for what is made here. */
  readonly row: RowPlace | undefined;
  /** Rows that were called for and stand further down, at these fields. */
  readonly page: PageBelow | undefined;
  /** The alternatives that lead here: names of a choice and of the option, in turns. Of the options of a choice, one comes true. */
  readonly scope: readonly string[];
}

/** A page whose rows stand at these fields below. */
export interface PageBelow {
  readonly at: readonly string[];
  readonly rows: number;
  readonly row: RowPlace;
  /** The source of the rows. */
  readonly source: string;
}

export const ROOT: Position = {
  path: [],
  distinct: 1,
  objects: 1,
  arrivals: 1,
  source: '',
  timing: '',
  wave: 0,
  row: undefined,
  page: undefined,
  scope: [],
};

/** A field, and the type that it belongs to. */
interface FieldAt {
  readonly name: string;
  readonly key: string;
  readonly parent: string;
}

/** What stands below a field that calls nothing: a property of the objects, or the next step down to the rows of a page. */
export function propertyOf({ name, key, parent }: FieldAt, plan: Plan, at: Position, names: Names): Position {
  const made = names.of('made', [...at.path, key], parent, at.source);
  const below = stepOf(name, at, names) ?? propertyBelow(plan, at, made, names);
  return plan.runs === 'resolver' ? byHand(below, made, names) : below;
}

function stepOf(field: string, at: Position, names: Names): Position | undefined {
  const { page } = at;
  if (!page || page.at[0] !== field) return undefined;
  const rest = page.at.slice(1);
  // A page's rows are counted at the list that leads to them, which is its first step.
  return rest.length === 0
    ? { ...at, row: page.row, page: undefined, source: page.source }
    : { ...at, page: { ...page, at: rest }, source: names.of('step', page.source, rest) };
}

function propertyBelow({ reads, passthrough }: Plan, at: Position, made: string, names: Names): Position {
  const [property, ...others] = reads;
  if (property === undefined) return at;
  const isOne = others.length === 0;
  return {
    ...at,
    row: isOne && at.row ? within(at.row, property) : undefined,
    page: undefined,
    source: isOne && passthrough ? names.of('property', at.source, property) : made,
  };
}

/** What a function written by hand returns may differ for each object, and come at a moment of its own. */
export function byHand(at: Position, made: string, names: Names): Position {
  return {
    ...at,
    distinct: at.objects,
    arrivals: at.objects,
    source: made,
    timing: names.of('moment', at.timing, made),
  };
}

/** The same, with so many of each. */
export const times = (at: Position, items: number): Position => ({
  ...at,
  distinct: at.distinct * items,
  objects: at.objects * items,
});

/** Most items of a field that is a list, by what leads to it. */
export function itemsOf(field: string, own: Position, at: Position, given: Given): number | undefined {
  const leadsToPage = own.page?.at.length === 0 || at.page?.at[0] === field;
  if (leadsToPage) return (own.page ?? at.page)?.rows;
  return own.row && documentedItems(own.row, given);
}

/** Short names for what is made of the same parts. */
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
