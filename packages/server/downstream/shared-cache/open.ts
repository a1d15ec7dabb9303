import type { Logger } from '../../telemetry/log.ts';
import type { ServiceUrls } from './names.ts';
import { SharedCache, type Sharing } from './shared-cache.ts';

export interface SharedCacheSettings extends Sharing {
  /** Of Redis, or what speaks its protocol. It may hold a password. */
  readonly url: string;
}

/** Undefined where there is none: no client of Redis is loaded then. Nobody waits for it to be connected. */
export async function openSharedCache(
  settings: SharedCacheSettings | undefined,
  services: ServiceUrls,
  log: Logger,
): Promise<SharedCache | undefined> {
  if (!settings) return undefined;
  const { connectRedis } = await import('./redis.ts');
  return new SharedCache(connectRedis(settings.url, log), services, settings, log);
}
