import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** Prepares a query. The returned function takes its parameters and returns the parsed `body` of each row. */
export function rowsOf<Row>(db: DatabaseSync, sql: string): (...parameters: SQLInputValue[]) => Row[] {
  const statement = db.prepare(sql);
  return (...parameters) => statement.all(...parameters).map((row) => JSON.parse(String(row['body'])) as Row);
}
