import { print } from 'graphql';
import type { Origin } from '../plan.ts';
import type { AnsweredField } from './fields.ts';
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
  /** What they came with: of an abstract type, objects at one path may have come with different calls, at other moments. */
  readonly origin: string;
  /** Calls that had to be waited for. */
  readonly wave: number;
  /** What they are in a service's answer; undefined for what is made here. */
  readonly row: RowPlace | undefined;
  /** Rows that were called for and stand further down, at these fields. */
  readonly page: { readonly at: readonly string[]; readonly rows: number; readonly row: RowPlace } | undefined;
}

export const ROOT: Position = {
  path: [],
  distinct: 1,
  objects: 1,
  arrivals: 1,
  origin: '',
  wave: 0,
  row: undefined,
  page: undefined,
};

/** How many keys (of a list: pages) a field asks for at most, and what is the same wherever it asks for the same ones. */
export function askedBy(
  params: Readonly<Record<string, Origin>>,
  { definition, arguments: given }: AnsweredField,
  parent: string,
  { path, distinct, origin }: Position,
): { readonly keys: number; readonly identity: string } {
  const origins = Object.entries(params);
  const here = path.join('.');
  const ofParent = origins
    .filter(([, { from }]) => from === 'parent')
    .map(([name, origin]) => `${name}=${origin.name}`);
  const ofField = origins.some(([, { from }]) => from === 'argument' || from === 'constant');
  const field = ofField ? `${parent}.${definition.name}(${given.map(print).sort().join()})` : '';
  const isOfParent = ofParent.length > 0;
  return {
    keys: isOfParent ? distinct : 1,
    identity: `${isOfParent ? `${here} of ${origin}` : ''}|${ofParent.join()}|${field}`,
  };
}

/** A property of the objects, or what stands at the next step down to the rows of a page. */
export function propertyOf(field: string, reads: readonly string[], at: Position): Position {
  const { page } = at;
  if (page && page.at[0] === field) {
    const rest = page.at.slice(1);
    const isRow = rest.length === 0;
    // A page's rows are counted at the list that leads to them, which is its first step.
    return isRow ? { ...at, row: page.row, page: undefined } : { ...at, page: { ...page, at: rest } };
  }
  const [property, ...others] = reads;
  if (property === undefined) return at;
  return { ...at, row: at.row && others.length === 0 ? within(at.row, property) : undefined, page: undefined };
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
