import { LRUCache } from 'lru-cache';

/** A store of at most `max` entries, in the asynchronous form that Apollo Server wants its caches in. */
export function boundedStore<Value extends object | string>(max: number) {
  const entries = new LRUCache<string, Value>({ max });
  return {
    get: async (key: string): Promise<Value | undefined> => entries.get(key),
    set: async (key: string, value: Value): Promise<void> => {
      entries.set(key, value);
    },
    delete: async (key: string): Promise<boolean> => entries.delete(key),
    get size(): number {
      return entries.size;
    },
  };
}
