import type { Logger } from '../../telemetry/log.ts';
import type { ServiceUrls } from './names.ts';
import { SharedCache } from './shared-cache.ts';

/** Undefined where there is none: no client of Redis is loaded then. Nobody waits for it to be connected. */
export async function openSharedCache(
  url: string | undefined,
  services: ServiceUrls,
  log: Logger,
): Promise<SharedCache | undefined> {
  if (url === undefined) return undefined;
  const { connectRedis } = await import('./redis.ts');
  return new SharedCache(connectRedis(url, log), services, log);
}
