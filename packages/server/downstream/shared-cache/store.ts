/** A value to be put under a name for so many milliseconds, or null where what is there has to go. */
export type Change = { readonly text: string; readonly ttlMs: number } | null;

/** What was found, and the time by the store's clock just after, in milliseconds since 1970. */
export interface Look {
  readonly values: readonly (Buffer | null)[];
  readonly storeMs: number;
}

/** Where processes share what they keep. It may be slow, gone, or hold anything: whoever uses it has to bear that. */
export interface Store {
  /** The values under these names, in their order; null where there is none. Rejects where they cannot be had. */
  read(names: readonly string[]): Promise<Look>;
  /** The time by the store's clock, in milliseconds since 1970. */
  clockMs(): Promise<number>;
  /** Makes changes by name, and answers how many of them were made. */
  write(changes: ReadonlyMap<string, Change>): Promise<number>;
  /** Ends all that is under way, and whatever connects it. */
  close(): void;
}
