import type { Express } from 'express';
import type { SharedCache } from '../downstream/cache/shared-cache/shared-cache.ts';
import { openSharedCache } from '../downstream/cache/shared-cache/shared-cache.ts';
import { connectServices, type Services } from '../downstream/services.ts';
import type { Logger } from '../telemetry/log.ts';
import { MetricsPage } from '../telemetry/metrics-page.ts';
import { startTracing } from '../telemetry/start-tracing.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { createApp } from './app.ts';
import type { BffOptions } from './options.ts';
import { ServerLoad } from './overload/server-load.ts';
import type { Readiness } from './routes/health.ts';
import type { Settings } from './settings/settings.ts';
import { WarmUp } from './start-up.ts';
import { close } from './stop.ts';

/** A BFF in a process: its Express app and the resources that have to be closed with it. */
export interface Runtime {
  readonly app: Express;
  readonly settings: Settings;
  readonly log: Logger;
  readonly services: Services;
  readonly sharedCache: SharedCache | undefined;
  readonly tracing: Tracing | undefined;
  readonly readiness: Readiness;
  readonly warmUp: WarmUp;
  readonly metrics: MetricsPage;
  readonly load: ServerLoad;
}

/** Connects a BFF and composes its app. It is ready when its warm-up has run. Throws an InputError if the client is wrong. */
export async function createRuntime(bff: BffOptions, settings: Settings, log: Logger): Promise<Runtime> {
  const services = connectServices(settings.services);
  const tracing = await startTracing(settings.tracing, bff.client, settings.services, log);
  const sharedCache = await openSharedCache(settings.sharedCache, settings.services, log);
  const readiness: Readiness = { state: 'starting' };
  const parts = {
    readiness,
    warmUp: new WarmUp(),
    metrics: new MetricsPage(),
    tracing,
    sharedCache,
    load: new ServerLoad(),
  };
  try {
    return { ...parts, app: createApp(bff, settings, services, log, parts), settings, log, services };
  } catch (error) {
    await close({ services, sharedCache, tracing });
    throw error;
  }
}
