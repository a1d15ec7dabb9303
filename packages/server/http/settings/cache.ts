import { z } from 'zod';
import type { SharedCacheSettings } from '../../downstream/cache/shared-cache/shared-cache.ts';

const url = z.url({ protocol: /^rediss?$/, error: 'not a URL such as redis://cache.internal:6379' }).refine(
  (text) => {
    // zod also calls this for a text that is not a URL, which has its own problem by then.
    const { hostname, pathname, search, hash } = URL.parse(text) ?? new URL('redis://none');
    return hostname !== '' && /^(\/\d*)?$/.test(pathname) && search + hash === '' && isDecodable(text);
  },
  { error: 'it may have a user, a password (percent-encoded), a host, a port and a database number only' },
);

function isDecodable(text: string): boolean {
  const { username, password } = URL.parse(text) ?? new URL('redis://none');
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** Messages never quote the address: it may contain a password. */
export const cacheVariables = {
  CACHE_URL: url
    .optional()
    .describe('Redis or Valkey in which processes share cached rows: redis://, or rediss:// with TLS.'),
  CACHE_WAIT_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('Longest time that a request waits for the shared cache in all, in milliseconds.'),
  CACHE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'not 1 to 64 letters, digits, dots, colons, dashes and underscores')
    .optional()
    .describe('Prefix of all keys, for environments that use one Redis and must not share rows.'),
};

/** The settings of the shared cache; undefined if there is none. */
export function sharedCacheIn(data: z.infer<z.ZodObject<typeof cacheVariables>>): SharedCacheSettings | undefined {
  if (data.CACHE_URL === undefined) return undefined;
  return { url: data.CACHE_URL, waitMs: data.CACHE_WAIT_MS, prefix: data.CACHE_PREFIX };
}

/** Whether the entity cache is on if there is a shared cache. Without it, every use of a row would be a read from Redis. */
export function hasFirstLevel(data: {
  readonly CACHE_URL?: string | undefined;
  readonly ENTITY_CACHE_BYTES: number;
}): boolean {
  return data.CACHE_URL === undefined || data.ENTITY_CACHE_BYTES > 0;
}
