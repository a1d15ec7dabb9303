import { LRUCache } from 'lru-cache';
import { type DestinationStream, type Logger, pino } from 'pino';
import { standardOutput } from './output.ts';
import { boundFields, PERSONAL_KEYS, RedactedError, redactReason, redactText } from './redact.ts';

export type { Logger };

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The message of the log line of each request. */
export const REQUEST_LINE = 'request';

/**
 * Creates a log of JSON lines, on standard output by default. Secrets and personal data are redacted. Each text of a line is truncated
 * to 4,096 characters. `identityHeader` is the header with the caller's id, whose value is redacted too.
 */
export function createLog(
  client: string,
  level: LogLevel,
  destination: DestinationStream = standardOutput(),
  identityHeader?: string,
): Logger {
  const err = (error: unknown) =>
    (error instanceof RedactedError ? error : new RedactedError(error)).fields(identityHeader);
  // The message of request lines needs no redaction.
  const msg = (text: unknown) => (typeof text === 'string' && text !== REQUEST_LINE ? redactText(text) : text);
  const keys = [
    ...PERSONAL_KEYS,
    ...(identityHeader === undefined ? [] : [identityHeader, identityHeader.toLowerCase()]),
  ];
  const redact = [...new Set(keys)].map((key) => `["${key}"]`);
  const serializers = { err, cause: redactReason, msg };
  return pino({ level, base: { client }, redact, serializers, formatters: { log: boundFields } }, destination);
}

/** Logs an unexpected error with its stack and the id of its request. */
export function logUnexpected(
  log: Logger,
  error: unknown,
  {
    callerId,
    ...where
  }: {
    readonly requestId: string;
    readonly callerId?: string | undefined;
    /** The first few paths of the error in the response. `count` is their total number. */
    readonly paths?: unknown;
    readonly count?: number;
  },
): void {
  log.error({ ...where, err: new RedactedError(error, callerId) }, 'unexpected error');
}

/** Most kinds that are counted separately. The least recently used are evicted. */
const MAX_KINDS = 1_000;

/**
 * Logs caller-triggered events with sampling: the 1st, 10th, 100th … event of each kind. `details` are logged too, but do not
 * distinguish kinds.
 */
export function sampledLog(
  log: Logger,
  message: string,
  level: 'warn' | 'error' = 'warn',
): (kind: Readonly<Record<string, string | undefined>>, details?: Readonly<Record<string, unknown>>) => void {
  const counts = new LRUCache<string, number>({ max: MAX_KINDS });
  return (kind, details = {}) => {
    const key = JSON.stringify(kind);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (/^10*$/.test(String(count))) log[level]({ ...kind, ...details, count }, message);
  };
}
