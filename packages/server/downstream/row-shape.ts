import { isObject } from '../request/guards.ts';
import { KEY_RULE, keyText } from '../request/key.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Rows of a list, and whether the service has more. */
export interface Page<R> {
  readonly rows: readonly R[];
  readonly hasNext: boolean;
}

/** A response does not have the shape that its endpoint describes. */
export class WrongShapeError extends Error {}

/** Where a response holds its rows. All methods read a parsed body, and throw a WrongShapeError if it has another shape. */
export interface RowShape {
  /** Together with the path, distinguishes shapes that read the same response differently. */
  readonly kind: string;
  /** Property names that lead to the rows, separated by dots; '' for the response itself. */
  readonly path: string;
  /** The rows of a batch by key. A null in place of a row is left out. */
  readonly byKey: (json: unknown, rowKey: string) => Map<string, Row>;
  /** The rows of a list, in order. */
  readonly inOrder: (json: unknown, rowKey: string) => readonly Row[];
  /** The row of a single get. */
  readonly single: (json: unknown) => Row;
}

/** Rows in a bare array: `[{...}, {...}]`. A single get returns `{...}`. */
export function bareArray(): RowShape {
  return envelope('');
}

/** Rows in an envelope: `envelope('data.items')` reads `{"data": {"items": [{...}]}}`. A single get has its row at that path. */
export function envelope(path: string): RowShape {
  const names = path === '' ? [] : path.split('.');
  const rowsIn = (json: unknown): readonly unknown[] => {
    const rows = at(json, names);
    if (!Array.isArray(rows))
      throw new WrongShapeError(`Expected an array of rows at ${path === '' ? 'the root' : path}.`);
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

/** Rows by key: `{"a": {...}, "b": {...}}`, at an optional path. Rows need not repeat their key. */
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
      if (!only || others.length > 0) throw new WrongShapeError('Expected exactly one row.');
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

/** A row of a dictionary, with its key there unless it has its own. */
function withOwnKey(key: string, row: unknown, rowKey: string): Row {
  return withKey({ [rowKey]: key, ...asRow(row) }, rowKey);
}

/** Throws for an invalid key: a row that no call can ask for would be left out silently. */
function checkedKey(value: unknown, rowKey: string): string {
  const key = keyText(value);
  if (key !== undefined) return key;
  throw new WrongShapeError(`The ${rowKey} of a row must be an integer or ${KEY_RULE}.`);
}

function at(json: unknown, names: readonly string[]): unknown {
  return names.reduce((value: unknown, name) => asRow(value)[name], json);
}

function asRow(value: unknown): Row {
  if (isObject(value)) return value;
  throw new WrongShapeError('Expected an object.');
}
