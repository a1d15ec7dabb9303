import type { Request } from 'express';
import { badParameter, parameter } from './query.ts';

/** Cuts a row to the properties that the request asked for. */
export type Picker<Row> = (row: Row) => Partial<Row>;

/**
 * The picker for `?fields=a,b`: those properties and the key; whole rows where the parameter is absent.
 * Throws a Problem for a property that no row has.
 */
export function pickerOf<Row extends { readonly id: string }>(
  request: Request,
  properties: readonly (keyof Row & string)[],
): Picker<Row> {
  const text = parameter(request, 'fields');
  if (text === undefined) return (row) => row;
  const wanted = new Set(['id', ...text.split(',').filter((name) => name !== '')]);
  const known = properties.filter((name) => wanted.delete(name));
  if (wanted.size > 0) throw badParameter('fields', `some of ${properties.join(', ')}`);
  return (row) => {
    const picked: Partial<Row> = {};
    for (const name of known) {
      if (row[name] !== undefined) picked[name] = row[name];
    }
    return picked;
  };
}
