import type { Server } from 'node:http';
import type { Command } from '../command/command.ts';
import { InputError } from '../command/input-error.ts';
import { listenProblem } from '../command/listen-problem.ts';
import { createLog, type Logger, sampledLog } from '../telemetry/log.ts';
import { outputFor } from '../telemetry/output.ts';
import { credentialOf } from './identity/identify.ts';
import type { BffOptions } from './options.ts';
import { securityHeaders } from './output/security-headers.ts';
import { pathsOf } from './paths.ts';
import { createMetricsServer } from './routes/metrics.ts';
import { createRuntime } from './runtime.ts';
import { clientErrorHandler } from './server/client-error.ts';
import { createHttpServer } from './server/http-server.ts';
import { type Listening, listenOn } from './server/listeners.ts';
import { openFilesLimit, openFilesOf } from './server/open-files.ts';
import { DEFAULT_PORT, describeSettings, readSettings, type Settings } from './settings/settings.ts';
import { stopOnSignal } from './stop.ts';

/**
 * Runs a client's server until SIGTERM or SIGINT. It ends the process with exit code 1, and all problems in the output, if a setting is
 * wrong, a port is in use, or the client's schema, screens, budget or resolvers are wrong.
 */
export async function serve(bff: BffOptions): Promise<void> {
  const settings = await orExit(bff, () => readSettings(process.env, bff));
  const output = await outputFor(settings.logFormat, settings.developing);
  const log = createLog(bff.client, settings.logLevel, output, bff.identity.header);
  logRejections(log);
  logCrash(log);
  warnOfOpenFiles(settings, log);

  const runtime = await orExit(bff, () => createRuntime(bff, settings, log));
  const { app, readiness, warmUp, metrics, load } = runtime;
  const credential = credentialOf(settings.identity, bff.identity.header);
  const server = createHttpServer(app, {
    maxConnections: settings.maxConnections,
    writeTimeoutMs: settings.writeTimeoutMs,
    isStopping: () => readiness.state === 'stopping',
    load,
    answerUnparsable: clientErrorHandler(credential, securityHeaders({ isPublic: !settings.developing }), log),
  });
  const listening = listen(server, 'PORT', settings.port, bff, log);
  // SIGTERM may come before the server listens.
  const closing = { close: async () => (await listening).close() };
  stopOnSignal({ ...runtime, server, listening: closing, drainMs: settings.drainMs });
  const { metricsPort } = settings;
  if (settings.metrics && metricsPort !== undefined) {
    const metricsServer = createMetricsServer(metrics, pathsOf(bff.client, bff.paths).metrics);
    const { port } = await listen(metricsServer, 'METRICS_PORT', metricsPort, bff, log);
    log.info({ metricsPort: port }, `metrics on http://localhost:${port}`);
  }
  if (settings.metrics && metricsPort === undefined && settings.metricsReaders?.rules.length === 0) {
    log.warn('nobody can read /metrics: set METRICS_PORT or TRUSTED_PROXIES, or METRICS=off');
  }
  const { port } = await listening;
  // The server answers health checks meanwhile.
  await warmUp.run().catch((err: unknown) => {
    log.fatal({ err }, 'the server could not be made ready');
    process.exit(1);
  });
  // A signal may have stopped it.
  if (readiness.state === 'starting') readiness.state = 'ready';
  log.info({ port }, `listening on http://localhost:${port}`);
}

/** The command that runs a client's server, for its help. */
export function serverCommand(bff: BffOptions): Command<Readonly<Record<never, never>>> {
  const { client, port = DEFAULT_PORT } = bff;
  return {
    name: `npm run start:${client}`,
    purpose: `Runs the server of the ${client} client, as node dist/${client}/main.js does, until Ctrl-C or SIGTERM.`,
    settings: () => describeSettings(process.env, bff),
    examples: [['', `on port ${port}, in front of services on this machine`]],
  };
}

/** Listens on the port that a setting names. Ends the process when it cannot have the port. */
async function listen(
  server: Server,
  setting: string,
  port: number,
  { client }: BffOptions,
  log: Logger,
): Promise<Listening> {
  const listening = await listenOn(server, port).catch((error: NodeJS.ErrnoException) =>
    fail(`${client}: ${listenProblem(error, port, setting)}`),
  );
  surviveAcceptErrors(server, log);
  return listening;
}

/**
 * At the limit libuv closes new connections without a report, health checks included, and MAX_CONNECTIONS never makes room for them. A
 * server in development has few.
 */
function warnOfOpenFiles(settings: Settings, log: Logger): void {
  const [limit, needed] = [openFilesLimit(), openFilesOf(settings)];
  if (!settings.developing && limit < needed) {
    log.warn({ limit, needed }, 'too few open files for MAX_CONNECTIONS: raise the limit (ulimit -n), or lower it');
  }
}

/**
 * Keeps the process alive when a connection cannot be accepted: the next one may be. Callers can trigger it, so it is logged with
 * sampling. Node reports it on Windows only. On Linux and macOS libuv (version 1.52) ignores the errors of accept().
 */
function surviveAcceptErrors(server: Server, log: Logger): void {
  const failed = sampledLog(log, 'a connection could not be accepted', 'error');
  server.on('error', (err: NodeJS.ErrnoException) => failed({ code: err.code }, { err }));
}

/** Ends the process with the message of an InputError. */
async function orExit<Value>({ client }: BffOptions, create: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await create();
  } catch (error) {
    if (error instanceof InputError) return fail(`${client}: ${error.message}`);
    throw error;
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Code of the client may leave a rejected promise behind. That must not end the requests of other callers. */
function logRejections(log: Logger): void {
  const logSampled = sampledLog(log, 'unhandled rejection', 'error');
  process.on('unhandledRejection', (reason) => logSampled({}, { err: reason }));
}

/** Logs an exception that ends the process. Node would print it without the log's redaction. */
function logCrash(log: Logger): void {
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'uncaught exception');
    process.exit(1);
  });
}
