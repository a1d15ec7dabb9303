import { z } from 'zod';
import type { SharedCacheSettings } from '../../downstream/cache/shared-cache/shared-cache.ts';

const url = z.url({ protocol: /^rediss?$/, error: 'not a URL such as redis://cache.internal:6379' }).refine(
  (text) => {
    // What is no URL at all has been complained of already, and comes here all the same.
    const { hostname, pathname, search, hash } = URL.parse(text) ?? new URL('redis://none');
    return hostname !== '' && /^(\/\d*)?$/.test(pathname) && search + hash === '' && isDecodable(text);
  },
  { error: 'only user, password, host, port and a database number can be used, the first two percent-encoded' },
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

/** The address is never told, not even where it is wrong: it may have a password in it. */
export const cacheVariables = {
  CACHE_URL: url
    .optional()
    .describe('Redis or Valkey in which processes share kept rows: redis://, or rediss:// with TLS.'),
  CACHE_WAIT_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('Longest time that a request waits for it, all its looks together.'),
  CACHE_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'not 1 to 64 letters, digits, dots, colons, dashes and underscores')
    .optional()
    .describe('What all its keys begin with, for environments that share it and are to share no rows.'),
};

/** What the parsed variables say of the cache that processes share; undefined where there is none. */
export function sharedCacheIn(data: z.infer<z.ZodObject<typeof cacheVariables>>): SharedCacheSettings | undefined {
  if (data.CACHE_URL === undefined) return undefined;
  return { url: data.CACHE_URL, waitMs: data.CACHE_WAIT_MS, prefix: data.CACHE_PREFIX };
}

/** Whether a process keeps itself what it shares: without that every use of a row would be a look into Redis. */
export function hasFirstLevel(data: {
  readonly CACHE_URL?: string | undefined;
  readonly ENTITY_CACHE_BYTES: number;
}): boolean {
  return data.CACHE_URL === undefined || data.ENTITY_CACHE_BYTES > 0;
}
