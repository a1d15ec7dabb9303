import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { connectServices } from '../downstream/services.ts';
import { CallerGoneError, CodedError } from '../request/errors.ts';
import { createLog, type Logger } from '../telemetry/log.ts';
import { startTracing } from '../telemetry/start-tracing.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { type Bff, createApp } from './bff.ts';
import type { Readiness } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { describeSettings, readSettings, type Settings, SettingsError } from './settings.ts';
import { answerUnparsable } from './unparsable.ts';

/** Requests under way get this long to end when the process is told to stop. */
const STOP_LIMIT_MS = 10_000;
const SWEEP_MS = 50;
/** And the last traces this long to be sent. */
const FLUSH_LIMIT_MS = 2_000;

// A load balancer keeps idle connections for 60 s; we hang up later than it, or it would send into a closing socket.
const KEEP_ALIVE_MS = 65_000;
const HEADERS_TIMEOUT_MS = 66_000;

/** Longest time for a request to arrive whole. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Runs a client's server until SIGTERM or SIGINT. `--help` prints its settings; wrong ones are all reported together,
 * with exit code 1, and so is a port that cannot be had.
 */
export async function serve(bff: Bff): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(describeSettings(process.env, bff));
    return;
  }
  const settings = settingsOrExit(bff);
  const log = createLog(bff.client, settings.logLevel);
  surviveLateRejections(log);

  const services = connectServices(settings.services);
  const tracing = await startTracing(settings.tracing, bff.client, settings.services, log);
  const readiness: Readiness = { state: 'starting' };
  const server = createHttpServer(createApp(bff, settings, services, log, readiness, tracing));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.on('clientError', answerUnparsable(bff.identityHeader));
  server.once('error', (error: NodeJS.ErrnoException) => {
    fail(
      error.code === 'EADDRINUSE'
        ? `${bff.client}: port ${settings.port} is in use; set PORT to another`
        : error.message,
    );
  });
  server.listen(settings.port, () => {
    readiness.state = 'ready';
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : settings.port;
    log.info({ port }, `listening on http://localhost:${port}`);
  });
  stopOnSignal(server, readiness, settings, log, tracing);
}

function settingsOrExit(bff: Bff): Settings {
  try {
    return readSettings(process.env, bff);
  } catch (error) {
    if (error instanceof SettingsError) return fail(`${bff.client}: ${error.message}`);
    throw error;
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * graphql-js drops the promises of a list's other items when one of them is null where none may be. What they reject
 * with later is nobody's, and must not end the process: the answer it belonged to has told its error already.
 */
export function surviveLateRejections(log: Logger): void {
  process.on('unhandledRejection', (reason) => {
    const isLate = reason instanceof GraphQLError || reason instanceof CodedError || reason instanceof CallerGoneError;
    log[isLate ? 'warn' : 'error'](
      { err: reason },
      isLate ? 'a rejection came after its answer' : 'unhandled rejection',
    );
  });
}

/**
 * Not ready from here on, while requests go on being taken; then those under way end, connections close, and the process
 * with them. Whatever goes wrong on the way, the process ends; a second signal ends it at once.
 */
function stopOnSignal(
  server: Server,
  readiness: Readiness,
  { drainMs }: Settings,
  log: Logger,
  tracing: Tracing | undefined,
): void {
  const stop = async (signal: string) => {
    if (readiness.state === 'stopping') process.exit(0);
    readiness.state = 'stopping';
    setTimeout(() => process.exit(0), drainMs + 2 * STOP_LIMIT_MS).unref();
    try {
      log.info({ signal }, 'stopping');
      // Whoever sends requests here has to see first that it is not ready any more.
      await delay(drainMs);
      setTimeout(() => server.closeAllConnections(), STOP_LIMIT_MS);
      // A connection is idle once its last request is answered, and would stay open for its keep-alive time.
      setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      await new Promise((resolve) => server.close(resolve));
      await tracing?.stop(FLUSH_LIMIT_MS);
      // Calls that are under way are nobody's any more, and end with the process. To cut them off before would have each
      // of them retried and complained of: the server is closed a turn before its requests know that their callers have gone.
      log.info('stopped');
    } finally {
      process.exit(0);
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
