import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SharedCache } from '../downstream/cache/shared-cache/shared-cache.ts';
import { disconnectServices, type Services } from '../downstream/services.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Readiness } from './health.ts';
import type { Listening } from './listeners.ts';

/** Requests under way get this long to end when the process is told to stop. */
const STOP_LIMIT_MS = 10_000;
const SWEEP_MS = 50;
/** And the last traces this long to be sent. */
const FLUSH_LIMIT_MS = 2_000;

/** What has to end, and in which time. */
export interface Serving {
  readonly server: Server;
  readonly listening: Pick<Listening, 'close'>;
  readonly readiness: Readiness;
  readonly services: Services;
  readonly sharedCache?: SharedCache | undefined;
  readonly tracing?: Tracing | undefined;
  /** For so long requests are taken while the server says that it is not ready. */
  readonly drainMs: number;
  readonly log: Logger;
}

/** The process has ended by then, whatever goes wrong on the way: who kills what does not stop has to wait for longer. */
export function longestStopMs(drainMs: number): number {
  return drainMs + 2 * STOP_LIMIT_MS;
}

/**
 * Stops on SIGTERM or SIGINT, and ends the process with 0, whatever goes wrong on the way. Orchestrators may send SIGTERM
 * again, and npm what Ctrl-C has sent already: only a SIGINT after a SIGINT ends what is under way at once.
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
 * Not ready from here on, while requests go on being taken for the time to drain, each answer the last one on its
 * connection; then those under way end, the connections to the services and to the shared cache close, and the last traces are sent.
 */
export async function stop({
  server,
  listening,
  readiness,
  services,
  sharedCache,
  tracing,
  drainMs,
}: Serving): Promise<void> {
  readiness.state = 'stopping';
  // Whoever sends requests here has to see first that it is not ready any more.
  await delay(drainMs);
  const limit = setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS);
  // Connections on which nothing is asked any more would stay open for their keep-alive time.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await listening.close();
  clearTimeout(limit);
  clearInterval(sweep);
  await disconnectServices(services);
  sharedCache?.close();
  await tracing?.stop(FLUSH_LIMIT_MS);
}
