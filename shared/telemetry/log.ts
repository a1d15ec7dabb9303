import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on standard output, or wherever `destination` puts them. */
export function createLog(client: string, level: LogLevel, destination: DestinationStream = standardOutput()): Logger {
  return pino({ level, base: { client } }, destination);
}

/** Not pino's own stream: when nobody reads it any more, that one tries for ever to flush, and the process never ends. */
function standardOutput(): DestinationStream {
  process.stdout.on('error', () => {});
  return process.stdout;
}
