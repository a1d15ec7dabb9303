import { GraphQLError } from 'graphql';
import { connectServices } from '../downstream/services.ts';
import { CallerGoneError, CodedError } from '../request/errors.ts';
import { createLog, type Logger } from '../telemetry/log.ts';
import { type Bff, createApp } from './bff.ts';
import type { Readiness } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { describeSettings, readSettings, type Settings, SettingsError } from './settings.ts';
import { stopOnSignal } from './stop.ts';
import { answerUnparsable } from './unparsable.ts';

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
  const readiness: Readiness = { state: 'starting' };
  const app = createApp(bff, settings, services, log, readiness);
  const server = createHttpServer(app, () => readiness.state === 'stopping');
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
  stopOnSignal({ server, readiness, services, drainMs: settings.drainMs, log });
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
