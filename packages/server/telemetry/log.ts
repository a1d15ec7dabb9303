import { type DestinationStream, type Logger, pino } from 'pino';
import { standardOutput } from './output.ts';
import { boundFields, PERSONAL_KEYS, RedactedError, redactReason, redactText } from './redact.ts';

export type { Logger };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The message of the line that every request has. */
export const REQUEST_LINE = 'request';

/**
 * JSON lines on standard output, or wherever `destination` puts them, without what is secret or personal. Each text of a line is truncated
 * to 4,096 characters.
 */
export function createLog(client: string, level: LogLevel, destination: DestinationStream = standardOutput()): Logger {
  const err = (error: unknown) => (error instanceof RedactedError ? error : new RedactedError(error)).fields;
  // The one message that every request has needs no second look.
  const msg = (text: unknown) => (typeof text === 'string' && text !== REQUEST_LINE ? redactText(text) : text);
  const redact = PERSONAL_KEYS.map((key) => `["${key}"]`);
  const serializers = { err, cause: redactReason, msg };
  return pino({ level, base: { client }, redact, serializers, formatters: { log: boundFields } }, destination);
}

/** Logs what nobody expected: once, whole, and under the id of the request that it happened to. */
export function logUnexpected(
  log: Logger,
  error: unknown,
  {
    callerId,
    ...where
  }: {
    readonly requestId: string;
    readonly callerId?: string | undefined;
    /** Where in the answer it is, the first few places; and how many there are. */
    readonly paths?: unknown;
    readonly count?: number;
  },
): void {
  log.error({ ...where, err: new RedactedError(error, callerId) }, 'unexpected error');
}
