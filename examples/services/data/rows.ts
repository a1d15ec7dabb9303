import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** A prepared query for documents: its parameters in, the parsed `body` of each row out. */
export function rowsOf<Row>(db: DatabaseSync, sql: string): (...parameters: SQLInputValue[]) => Row[] {
  const statement = db.prepare(sql);
  return (...parameters) => statement.all(...parameters).map((row) => JSON.parse(String(row['body'])) as Row);
}
