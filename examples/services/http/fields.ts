import type { Request } from 'express';
import { badParameter, parameter } from './query.ts';

/** Reduces a row to the requested properties. */
export type Picker<Row> = (row: Row) => Partial<Row>;

/**
 * The picker for `?fields=a,b`: the requested properties and the key, or whole rows without the parameter.
 * Throws a Problem for a property that no row has.
 */
export function pickerOf<Row extends { readonly id: string }>(
  request: Request,
  properties: readonly (keyof Row & string)[],
): Picker<Row> {
  const text = parameter(request, 'fields');
  if (text === undefined) return (row) => row;
  const requested = new Set(['id', ...text.split(',').filter((name) => name !== '')]);
  const known = properties.filter((name) => requested.delete(name));
  if (requested.size > 0) throw badParameter('fields', `some of ${properties.join(', ')}`);
  return (row) => {
    const picked: Partial<Row> = {};
    for (const name of known) {
      if (row[name] !== undefined) picked[name] = row[name];
    }
    return picked;
  };
}
