import { stdSerializers } from 'pino';
import { truncate } from '../request/truncate.ts';

const HIDDEN = '[hidden]';

/** Names under which secrets and persons stand, whoever logs them: nothing below them is written. */
export const PERSONAL_KEYS = [
  'authorization',
  'body',
  'cookie',
  'cookies',
  'email',
  'headers',
  'identity',
  'password',
  'phone',
  'secret',
  'token',
  'url',
  'variables',
  'x-partner-id',
  'x-user-id',
] as const;

/** What texts of errors are known to hold, each with what is written in its place. */
const PERSONAL_TEXTS: readonly (readonly [RegExp, string])[] = [
  // JSON.parse quotes what it could not read, which is part of somebody's row.
  [/(\.\.\.)?"[\s\S]{0,100}?"(\.\.\.)? is not valid JSON/g, `${HIDDEN} is not valid JSON`],
  [/\b(?:set-)?cookie\b["']?\s*[:=][^\n]*/gi, `cookie: ${HIDDEN}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN],
  [
    /\b(password|secret|token|api[-_]?key|authorization)\b(["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;}]+)/gi,
    `$1$2${HIDDEN}`,
  ],
  [/\b(rediss?):\/\/[^\s"'<>]+/gi, `$1://${HIDDEN}`],
  [/\b(https?:\/\/[^\s/"'?]+)[/?][^\s"'<>)]+/g, `$1/${HIDDEN}`],
  [/\?[\w.%-]+=[^\s"'<>)]*/g, `?${HIDDEN}`],
  [/[\w.+%-]+@[\w-]+(?:\.[\w-]+)+/g, HIDDEN],
];

/** Truncates a text and hides what is known to be secret or personal in it; `callerId` is the caller's identity. */
export function redactText(text: string, callerId?: string): string {
  const bounded = truncate(text);
  const without = callerId === undefined || callerId.length < 3 ? bounded : bounded.replaceAll(callerId, HIDDEN);
  return PERSONAL_TEXTS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), without);
}

/** Why a service's answer was no use, without the values of it that the reason quotes. */
export function redactReason(reason: unknown): unknown {
  return typeof reason === 'string' ? redactText(reason).replaceAll(/"[^"]*"/g, `"${HIDDEN}"`) : reason;
}

/** An error that is ready to be logged. */
export class RedactedError {
  readonly fields: unknown;

  constructor(error: unknown, callerId?: string) {
    this.fields = redactValue(error instanceof Error ? stdSerializers.err(error) : error, callerId, MAX_DEPTH);
  }
}

/** Errors of libraries may hold anything: sockets, requests, circles. */
const MAX_DEPTH = 4;
const MAX_ENTRIES = 50;

function redactValue(value: unknown, callerId: string | undefined, depth: number): unknown {
  if (typeof value === 'string') return redactText(value, callerId);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return HIDDEN;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => redactValue(item, callerId, depth - 1));
  const entries = Object.entries(value).slice(0, MAX_ENTRIES);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, isPersonal(key) ? HIDDEN : redactValue(inner, callerId, depth - 1)]),
  );
}

const personal: ReadonlySet<string> = new Set(PERSONAL_KEYS);

function isPersonal(key: string): boolean {
  return personal.has(key.toLowerCase());
}
