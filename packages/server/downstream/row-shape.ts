import { ExactNumber } from '../request/exact-json.ts';
import { KEY_RULE, keyText } from '../request/key.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Rows of a list, and whether the service has more of them. */
export interface Page<R> {
  readonly rows: readonly R[];
  readonly hasNext: boolean;
}

/** An answer is not of the shape that its endpoint describes. */
export class WrongShapeError extends Error {}

/** Where an answer holds its rows. Each reads all rows of a parsed body and throws WrongShapeError where it cannot. */
export interface RowShape {
  /** Tells shapes apart which read the same answer differently, together with the path. */
  readonly kind: string;
  /** Where an answer holds them, by names with dots in between; '' for the answer itself. */
  readonly path: string;
  /** The rows with their keys, for a batch. A null in place of a row says nothing and is left out. */
  readonly byKey: (json: unknown, rowKey: string) => Map<string, Row>;
  /** The rows in their order, for a list. */
  readonly inOrder: (json: unknown, rowKey: string) => readonly Row[];
  /** The one row of an answer to a single get. */
  readonly single: (json: unknown) => Row;
}

/** `[{...}, {...}]`; a single get answers `{...}`. */
export function bareArray(): RowShape {
  return envelope('');
}

/** `{"data": {"items": [{...}]}}` by `envelope('data.items')`; a single get holds the row at the same place. */
export function envelope(path: string): RowShape {
  const names = path === '' ? [] : path.split('.');
  const rowsIn = (json: unknown): readonly unknown[] => {
    const rows = at(json, names);
    if (!Array.isArray(rows)) throw new WrongShapeError('There is no array where the rows should be.');
    return rows;
  };
  return {
    kind: 'array',
    path,
    byKey: (json, rowKey) => keyed(rowsIn(json), rowKey),
    inOrder: (json, rowKey) => rowsIn(json).map((row) => withKey(row, rowKey)),
    single: (json) => asRow(at(json, names)),
  };
}

/** `{"a": {...}, "b": {...}}`, at a path where one is given. Rows need not repeat their key. */
export function dictionary(path = ''): RowShape {
  const names = path === '' ? [] : path.split('.');
  const entriesIn = (json: unknown): [string, unknown][] => Object.entries(asRow(at(json, names)));
  return {
    kind: 'dictionary',
    path,
    byKey: (json, rowKey) =>
      new Map(
        entriesIn(json).flatMap(([key, row]): [string, Row][] =>
          row === null ? [] : [[checkedKey(key, rowKey), withOwnKey(key, row, rowKey)]],
        ),
      ),
    inOrder: (json, rowKey) => entriesIn(json).map(([key, row]) => withOwnKey(key, row, rowKey)),
    single: (json) => {
      const [only, ...others] = entriesIn(json);
      if (!only || others.length > 0) throw new WrongShapeError('There is not just one row.');
      return asRow(only[1]);
    },
  };
}

function keyed(rows: readonly unknown[], rowKey: string): Map<string, Row> {
  const byKey = new Map<string, Row>();
  for (const value of rows) {
    if (value === null) continue;
    const row = asRow(value);
    byKey.set(checkedKey(row[rowKey], rowKey), row);
  }
  return byKey;
}

function withKey(value: unknown, rowKey: string): Row {
  const row = asRow(value);
  checkedKey(row[rowKey], rowKey);
  return row;
}

/** A row of a dictionary, with the key that it stands under unless it has one of its own. */
function withOwnKey(key: string, row: unknown, rowKey: string): Row {
  return withKey({ [rowKey]: key, ...asRow(row) }, rowKey);
}

/** A row under a key that nobody can ask for would be left out without a word. */
function checkedKey(value: unknown, rowKey: string): string {
  const key = keyText(value);
  if (key !== undefined) return key;
  throw new WrongShapeError(`The ${rowKey} of a row is not an integer or ${KEY_RULE}.`);
}

function at(json: unknown, names: readonly string[]): unknown {
  return names.reduce((value: unknown, name) => asRow(value)[name], json);
}

function asRow(value: unknown): Row {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && !(value instanceof ExactNumber)) return value as Row;
  throw new WrongShapeError('There is no object where one should be.');
}
