import type { Server } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Command } from '../command/command.ts';
import { InputError } from '../command/input-error.ts';
import { listenProblem } from '../command/listen-problem.ts';
import { openSharedCache } from '../downstream/cache/shared-cache/shared-cache.ts';
import { connectServices } from '../downstream/services.ts';
import { ResolverError, thrownOf } from '../graphql/answer-error.ts';
import { CallerGoneError, CodedError } from '../request/errors.ts';
import { createLog, type Logger, sampledLog } from '../telemetry/log.ts';
import { MetricsPage } from '../telemetry/metrics-page.ts';
import { outputFor } from '../telemetry/output.ts';
import { startTracing } from '../telemetry/start-tracing.ts';
import { type Bff, createApp } from './bff.ts';
import { clientErrorHandler } from './client-error.ts';
import type { Readiness } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { credentialOf } from './identity/by-settings.ts';
import { type Listening, listenOn } from './listeners.ts';
import { createMetricsServer } from './metrics-route.ts';
import { openFilesLimit, openFilesOf } from './open-files.ts';
import { securityHeaders } from './security-headers.ts';
import { ServerLoad } from './server-load.ts';
import { describeSettings, readSettings, type Settings } from './settings.ts';
import { stopOnSignal } from './stop.ts';
import { WarmUp } from './warm-up.ts';

/**
 * Runs a client's server until SIGTERM or SIGINT. Wrong settings are reported together, with exit code 1; so is a port that is in
 * use, and whatever is wrong with the client's schema, screens, budget and resolvers.
 */
export async function serve(bff: Bff): Promise<void> {
  const settings = orExit(bff, () => readSettings(process.env, bff));
  const log = createLog(bff.client, settings.logLevel, await outputFor(settings.logFormat, settings.developing));
  surviveLateRejections(log);
  logCrash(log);
  warnOfOpenFiles(settings, log);

  const services = connectServices(settings.services);
  const tracing = await startTracing(settings.tracing, bff.client, settings.services, log);
  const sharedCache = await openSharedCache(settings.sharedCache, settings.services, log);
  const readiness: Readiness = { state: 'starting' };
  const warmUp = new WarmUp();
  const metrics = new MetricsPage();
  const load = new ServerLoad();
  const parts = { readiness, warmUp, metrics, tracing, sharedCache, load };
  const app = orExit(bff, () => createApp(bff, settings, services, log, parts));
  const credential = credentialOf(settings.identity, bff.identityHeader);
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
  stopOnSignal({
    server,
    listening: closing,
    readiness,
    services,
    sharedCache,
    tracing,
    drainMs: settings.drainMs,
    log,
  });
  const { metricsPort } = settings;
  if (settings.metrics && metricsPort !== undefined) {
    const { port } = await listen(createMetricsServer(metrics), 'METRICS_PORT', metricsPort, bff, log);
    log.info({ metricsPort: port }, `metrics on http://localhost:${port}`);
  }
  if (settings.metrics && metricsPort === undefined && settings.metricsReaders?.rules.length === 0) {
    log.warn('nobody can read /metrics: set METRICS_PORT or TRUSTED_PROXIES, or METRICS=off');
  }
  const { port } = await listening;
  // Health checks are answered meanwhile.
  await warmUp.run().catch((err: unknown) => {
    log.fatal({ err }, 'the server could not be made ready');
    process.exit(1);
  });
  // It may have been told to stop.
  if (readiness.state === 'starting') readiness.state = 'ready';
  log.info({ port }, `listening on http://localhost:${port}`);
}

/** The command that runs a client's server, for its help. */
export function serverCommand(bff: Bff): Command<Readonly<Record<never, never>>> {
  const { client } = bff;
  return {
    name: `npm run start:${client}`,
    purpose: `Runs the server of the ${client} client, as node dist/${client}/main.js does, until Ctrl-C or SIGTERM.`,
    settings: () => describeSettings(process.env, bff),
    examples: [['', `on port ${bff.port}, in front of services on this machine`]],
  };
}

/** Listens on the port that a setting names. Ends the process when it cannot have the port. */
async function listen(server: Server, setting: string, port: number, { client }: Bff, log: Logger): Promise<Listening> {
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

/** What is made of the client's own texts and settings; what is wrong with them is told, and ends the process. */
function orExit<Made>({ client }: Bff, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return fail(`${client}: ${error.message}`);
    throw error;
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * Keeps the process alive when a promise is rejected that nobody waits for. graphql-js drops the promises of a list's other items when
 * one of them is null where none may be; the response they belonged to has reported its error already. Callers can trigger both, so
 * they are logged with sampling.
 */
export function surviveLateRejections(log: Logger): void {
  const late = sampledLog(log, 'a rejection came after its answer');
  const unhandled = sampledLog(log, 'unhandled rejection', 'error');
  process.on('unhandledRejection', (reason) => {
    if (isLate(reason)) late({}, { err: thrownOf(reason) });
    else unhandled({}, { err: reason });
  });
}

function isLate(reason: unknown): boolean {
  try {
    return LATE.some((kind) => reason instanceof kind);
  } catch {
    // Anything can be a reason; a proxy may not even tell its prototype.
    return false;
  }
}

const LATE = [GraphQLError, CodedError, CallerGoneError, ResolverError];

/** What ends the process is logged like all else: its text must not go past the log's redaction. */
function logCrash(log: Logger): void {
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'uncaught exception');
    process.exit(1);
  });
}
