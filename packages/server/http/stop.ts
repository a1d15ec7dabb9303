import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SharedCache } from '../downstream/cache/shared-cache/shared-cache.ts';
import { disconnectServices, type Services } from '../downstream/services.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Readiness } from './routes/health.ts';
import type { Listening } from './server/listeners.ts';

/** Longest time for requests in progress to end when the server stops, in milliseconds. */
export const STOP_LIMIT_MS = 10_000;
const SWEEP_MS = 50;
/** Longest time to send the last traces, in milliseconds. */
const FLUSH_LIMIT_MS = 2_000;

/** What a BFF holds open. */
export interface Resources {
  readonly services: Services;
  readonly sharedCache?: SharedCache | undefined;
  readonly tracing?: Tracing | undefined;
}

/** A server that is to stop. */
export interface Serving extends Resources {
  readonly server: Server;
  readonly listening: Pick<Listening, 'close'>;
  readonly readiness: Readiness;
  /** Time in which the server still takes requests while it is not ready any more, in milliseconds. */
  readonly drainMs: number;
  readonly log: Logger;
}

/** Longest time until the process has ended, in milliseconds. An orchestrator has to wait at least as long before it kills the process. */
export function longestStopMs(drainMs: number): number {
  return drainMs + 2 * STOP_LIMIT_MS;
}

/**
 * Stops on SIGTERM or SIGINT, and ends the process with exit code 0 in any case. Orchestrators may send SIGTERM twice, and npm forwards the
 * SIGINT of Ctrl-C that the process already has. So only a second SIGINT ends the process at once.
 */
export function stopOnSignal(serving: Serving): void {
  let interrupts = 0;
  const onSignal = async (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT') interrupts += 1;
    if (interrupts > 1) process.exit(0);
    if (serving.readiness.state === 'stopping') return;
    setTimeout(() => process.exit(0), longestStopMs(serving.drainMs)).unref();
    try {
      serving.log.info({ signal }, 'stopping');
      await stop(serving);
      serving.log.info('stopped');
    } finally {
      process.exit(0);
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/**
 * Stops a server in three steps. It reports that it is not ready, and serves requests for `drainMs`, each response the last one on its
 * connection. Then it stops listening, and requests in progress end. Then it closes its resources.
 */
export async function stop({ server, listening, readiness, drainMs, ...resources }: Serving): Promise<void> {
  readiness.state = 'stopping';
  // Load balancers first have to see that it is not ready.
  await delay(drainMs);
  const limit = setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS);
  // Idle connections would stay open for their keep-alive time.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await listening.close();
  clearTimeout(limit);
  clearInterval(sweep);
  await close(resources);
}

/** Closes the connections to the services and to the shared cache, and sends the last traces. */
export async function close({ services, sharedCache, tracing }: Resources): Promise<void> {
  await disconnectServices(services);
  sharedCache?.close();
  await tracing?.stop(FLUSH_LIMIT_MS);
}
