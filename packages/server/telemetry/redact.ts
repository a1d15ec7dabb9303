import { MAX_TEXT_LENGTH, truncate } from '../request/truncate.ts';

const HIDDEN = '[hidden]';

/** Property names of secrets and personal data. Their values are never logged. */
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
] as const;

/** Patterns of secrets and personal data, with their replacements. All run in linear time: `check:patterns` proves it. */
const PERSONAL_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:set-)?cookie\b["']?\s*[:=][^\n]*/gi, `cookie: ${HIDDEN}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${HIDDEN}`],
  // A JSON Web Token, complete or not: `{"` in base64url, and the characters that may follow.
  [/\beyJ[\w.-]+/g, HIDDEN],
  [
    /\b(password|secret|token|api[-_]?key|authorization)\b(["']?\s*[:=]\s*)(?:"[^"]*"|'[^']*'|[^\s,;}]+)/gi,
    `$1$2${HIDDEN}`,
  ],
  [/\b(rediss?):\/\/[^\s"'<>]+/gi, `$1://${HIDDEN}`],
  [/:\/\/[^\s/"'<>?#]+@/g, `://${HIDDEN}@`],
  [/\b(https?:\/\/[^\s/"'?]+)[/?][^\s"'<>)]+/g, `$1/${HIDDEN}`],
  [/\?[\w.%-]+=[^\s"'<>)]*/g, `?${HIDDEN}`],
];

/** Truncates a text and hides secrets and personal data in it. `callerId` is the caller's identity. */
export function redactText(text: string, callerId?: string): string {
  const bounded = truncate(text);
  const without = callerId === undefined || callerId.length < 3 ? bounded : bounded.replaceAll(callerId, HIDDEN);
  const rest = PERSONAL_TEXTS.reduce(
    (some, [pattern, replacement]) => some.replace(pattern, replacement),
    hideQuotedJson(without),
  );
  return hideAddresses(rest);
}

/** The reason why a service's response was unusable, without the values that it quotes. */
export function redactReason(reason: unknown): unknown {
  return typeof reason === 'string' ? redactText(reason).replaceAll(/"[^"]*"/g, `"${HIDDEN}"`) : reason;
}

const NOT_JSON = ' is not valid JSON';
/** JSON.parse quotes at most 40 characters, with ellipses around them. */
const QUOTED = 110;

/** Hides the input that JSON.parse quotes, because it is part of a row. The quotation may itself contain quotes. */
function hideQuotedJson(text: string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf(NOT_JSON); at >= 0; at = text.indexOf(NOT_JSON, from)) {
    const start = Math.max(from, at - QUOTED);
    const quote = text.slice(start, at).indexOf('"');
    result += quote < 0 ? text.slice(from, at) : `${text.slice(from, start + quote)}${HIDDEN}`;
    result += NOT_JSON;
    from = at + NOT_JSON.length;
  }
  return result + text.slice(from);
}

/** Characters of the local part of an email address, and the domain if one follows. No character is matched twice. */
const MAYBE_ADDRESS = /[\w.+%-]+(@[\w-]+(?:\.[\w-]+)+)?/g;

function hideAddresses(text: string): string {
  if (!text.includes('@')) return text;
  return text.replace(MAYBE_ADDRESS, (word: string, domain: string | undefined) =>
    domain === undefined ? word : HIDDEN,
  );
}

/** Bounds for errors of libraries, which may refer to anything: sockets, requests, cycles, getters that throw. */
const MAX_DEPTH = 4;
const MAX_ENTRIES = 50;
/** Most values of one error, and most characters of all its texts together. */
const MAX_VALUES = 500;
const MAX_CHARACTERS = 32_768;
/** Most causes of an error, and most errors of an AggregateError. */
const MAX_ERRORS = 10;
/** Most characters of the head of a stack, which repeats the message. The frames matter more. */
const MAX_STACK_HEAD = 512;

const UNREADABLE = '[unreadable]';

/** An error, or any other thrown value, redacted for the log. */
export class RedactedError {
  readonly #error: unknown;
  readonly #callerId: string | undefined;

  constructor(error: unknown, callerId?: string) {
    this.#error = error;
    this.#callerId = callerId;
  }

  /** The error's fields. `identityHeader` is a property name whose values are hidden too. */
  fields(identityHeader?: string): unknown {
    return new Redaction(this.#callerId, identityHeader).value(this.#error, MAX_DEPTH);
  }
}

/** Truncates the fields of a log line that are too long, too deep or too many. `err` has its own serializer. */
export function boundFields(fields: Record<string, unknown>): Record<string, unknown> {
  let bounded = fields;
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (key === 'err' || isSmall(value)) continue;
    bounded = { ...bounded, [key]: new Redaction(undefined).value(value, MAX_DEPTH) };
  }
  return bounded;
}

/** The remaining budget of a value and everything in it. */
interface Budget {
  values: number;
  characters: number;
}

function isSmall(value: unknown): boolean {
  try {
    return isBounded(value, MAX_DEPTH, { values: MAX_VALUES, characters: MAX_CHARACTERS });
  } catch {
    // A getter or a proxy threw.
    return false;
  }
}

function isBounded(value: unknown, depth: number, budget: Budget): boolean {
  budget.values -= 1;
  if (typeof value === 'string') budget.characters -= value.length;
  if (budget.values < 0 || budget.characters < 0) return false;
  if (typeof value === 'string') return value.length <= MAX_TEXT_LENGTH;
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  const values = Array.isArray(value) ? value : Object.values(value);
  return values.length <= MAX_ENTRIES && values.every((each) => isBounded(each, depth - 1, budget));
}

/** Redacts one value, bounded in depth, breadth and length. Never throws. */
class Redaction {
  readonly #callerId: string | undefined;
  readonly #identityHeader: string | undefined;
  readonly #budget: Budget = { values: MAX_VALUES, characters: MAX_CHARACTERS };

  constructor(callerId: string | undefined, identityHeader?: string) {
    this.#callerId = callerId;
    this.#identityHeader = identityHeader?.toLowerCase();
  }

  value(value: unknown, depth: number): unknown {
    this.#budget.values -= 1;
    if (this.#budget.values < 0) return HIDDEN;
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') {
      return this.#text(String(value));
    }
    if (typeof value !== 'object' || value === null) return value;
    if (depth === 0) return HIDDEN;
    try {
      if (isError(value)) return this.#error(value, depth);
      if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => this.value(item, depth - 1));
      return this.#entries(value, depth, NOTHING);
    } catch {
      // A getter or a proxy threw.
      return UNREADABLE;
    }
  }

  #text(text: string): string {
    const { characters } = this.#budget;
    const redacted = redactText(truncate(text, Math.min(MAX_TEXT_LENGTH, Math.max(0, characters))), this.#callerId);
    this.#budget.characters = characters - redacted.length;
    return redacted;
  }

  #entries(value: object, depth: number, omitted: ReadonlySet<string>): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (const key of Object.keys(value)) {
      if (entries.length === MAX_ENTRIES) break;
      if (omitted.has(key)) continue;
      const redacted = isPersonal(key, this.#identityHeader) ? HIDDEN : this.value(Reflect.get(value, key), depth - 1);
      entries.push([truncate(key, MAX_STACK_HEAD), redacted]);
    }
    return Object.fromEntries(entries);
  }

  /** Merges the causes into the message and the stack. */
  #error(error: Error, depth: number): Record<string, unknown> {
    const causes = causesOf(error);
    const type = this.#text(String(error.constructor?.name ?? error.name));
    const message = this.#text(causes.map((each) => truncate(String(each.message))).join(': '));
    const stack = this.#text(causes.map(stackOf).join('\ncaused by: '));
    const errors: unknown = Reflect.get(error, 'errors');
    const aggregateErrors = Array.isArray(errors)
      ? { aggregateErrors: errors.slice(0, MAX_ERRORS).map((each) => this.value(each, depth - 1)) }
      : {};
    return { type, message, stack, ...aggregateErrors, ...this.#entries(error, depth, OF_EVERY_ERROR) };
  }
}

const NOTHING: ReadonlySet<string> = new Set();
const OF_EVERY_ERROR: ReadonlySet<string> = new Set(['type', 'message', 'stack', 'cause', 'errors']);

/** Whether a value is an error, including errors of other realms and error-like objects of libraries. */
function isError(value: object): value is Error {
  return value instanceof Error || (typeof Reflect.get(value, 'message') === 'string' && 'stack' in value);
}

/** The error and its chain of causes. */
function causesOf(error: Error): Error[] {
  const causes: Error[] = [];
  let next: unknown = error;
  while (typeof next === 'object' && next !== null && isError(next) && causes.length < MAX_ERRORS) {
    if (causes.includes(next)) break;
    causes.push(next);
    next = next.cause;
  }
  return causes;
}

const FRAMES = '\n    at ';

/** The stack with a truncated head, so that a long message leaves room for the frames. */
function stackOf({ stack, message }: Error): string {
  if (typeof stack !== 'string') return truncate(String(message), MAX_STACK_HEAD);
  // Search after the message, which may contain text like a frame.
  const frames = stack.indexOf(FRAMES, stack.indexOf(message) + message.length);
  const head = frames < 0 ? stack : stack.slice(0, frames);
  return truncate(head, MAX_STACK_HEAD) + (frames < 0 ? '' : stack.slice(frames));
}

const personal: ReadonlySet<string> = new Set(PERSONAL_KEYS);

function isPersonal(key: string, identityHeader: string | undefined): boolean {
  const name = key.toLowerCase();
  return personal.has(name) || name === identityHeader;
}
