import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import type { Starter } from './model.ts';
import { type Selected, selectionOf } from './screen.ts';

/** A row with everything that the screen Start reads, and its key. */
export function exampleRow(starter: Starter, type: string, rowKey: string): Readonly<Record<string, unknown>> {
  return { [rowKey]: '1', ...valuesOf(selectionOf(starter, type)) };
}

function valuesOf(selection: readonly Selected[]): Record<string, unknown> {
  const values = selection.flatMap(({ field, below }): [string, unknown][] => {
    if (field?.kind === 'money')
      return [
        [field.cents, 4_200],
        [field.currency, 'EUR'],
      ];
    if (field?.kind !== 'property') return [];
    return [[field.name, below.length === 0 ? field.example : valuesOf(below)]];
  });
  return Object.fromEntries(values);
}

/** A list response with one row, in the shape that the endpoint expects. */
export function responseOf({ rows, rowKey }: Endpoint, row: Readonly<Record<string, unknown>>): unknown {
  const holder: unknown = rows.kind === 'dictionary' ? { [String(row[rowKey])]: row } : [row];
  const names = rows.path === '' ? [] : rows.path.split('.');
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), holder);
}
