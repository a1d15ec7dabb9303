import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on standard output, or wherever `destination` puts them. */
export function createLog(client: string, level: LogLevel, destination?: DestinationStream): Logger {
  return pino({ level, base: { client } }, destination);
}
