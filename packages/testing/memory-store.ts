import type { Change, Lookup, Store } from '@facet/server/internal/downstream/cache/shared-cache/store.ts';

/** A store in memory, with all that was asked of it. A test may put other functions in the place of its own. */
export class MemoryStore implements Store {
  readonly values = new Map<string, NonNullable<Change>>();
  /** Names of each look. */
  readonly looks: (readonly string[])[] = [];
  isClosed = false;
  /** By how much its clock is ahead of this machine's. */
  clockAheadMs = 0;

  async read(names: readonly string[]): Promise<Lookup> {
    this.looks.push(names);
    const values = names.map((name) => {
      const value = this.values.get(name);
      return value ? Buffer.from(value.text) : null;
    });
    return { values, storeMs: await this.clockMs() };
  }

  async clockMs(): Promise<number> {
    return Date.now() + this.clockAheadMs;
  }

  async write(changes: ReadonlyMap<string, Change>): Promise<number> {
    for (const [name, change] of changes) {
      if (change) this.values.set(name, change);
      else this.values.delete(name);
    }
    return changes.size;
  }

  close(): void {
    this.isClosed = true;
  }
}
