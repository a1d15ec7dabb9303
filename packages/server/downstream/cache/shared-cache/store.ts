/** A value to store for `ttlMs` milliseconds, or null to delete the stored one. */
export type Change = { readonly text: string; readonly ttlMs: number } | null;

/** The values found, and the time of the store's clock just after, in milliseconds since 1970. */
export interface Lookup {
  readonly values: readonly (Buffer | null)[];
  readonly storeMs: number;
}

/** The store behind the shared cache. It may be slow, unreachable, or hold anything: its users must cope. */
export interface Store {
  /** Reads the values of these names, in order: null if there is none. Rejects when the read fails. */
  read(names: readonly string[]): Promise<Lookup>;
  /** Reads the store's clock, in milliseconds since 1970. */
  clockMs(): Promise<number>;
  /** Applies changes by name. Resolves to the number of changes that succeeded. */
  write(changes: ReadonlyMap<string, Change>): Promise<number>;
  /** Cancels pending commands and closes the connection. */
  close(): void;
}
