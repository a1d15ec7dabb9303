import type { DestinationStream } from 'pino';

export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Lines that come so soon after others are written together with them, or as soon as there are so many characters. */
const TOGETHER_MS = 100;
const MOST_CHARACTERS = 16_384;

/** By which pino sees that a destination wants to know the level of a line. */
const METADATA: unique symbol = Symbol.for('pino.metadata');

/** pino's level of a warning: those and errors wait for nothing. */
const WARN = 40;

/**
 * Standard output, for lines of JSON. A busy server writes many of them at once: a system call for each would cost more than
 * to make the line. Whatever way the process ends, but for SIGKILL, what it has logged is written before.
 */
export function standardOutput(): DestinationStream {
  output ??= openOutput();
  return output;
}

let output: LineBuffer | undefined;

function openOutput(): LineBuffer {
  // Not pino's own stream: when nobody reads it any more, that one tries for ever to flush, and the process never ends.
  process.stdout.on('error', () => {});
  const lines = new LineBuffer((text) => process.stdout.write(text));
  process.once('exit', () => lines.flush());
  return lines;
}

/**
 * Standard output, for people: with LOG_FORMAT=pretty, and by default on a terminal while developing. The package that makes it so is
 * not installed in production: lines are then JSON, as ever.
 */
export async function outputFor(format: LogFormat, developing: boolean): Promise<DestinationStream> {
  const isPretty = format === 'pretty' || (format === 'auto' && developing && process.stdout.isTTY);
  const pretty = isPretty ? await import('pino-pretty').catch(() => undefined) : undefined;
  if (!pretty) return standardOutput();
  process.stdout.on('error', () => {});
  return pretty.default({
    destination: process.stdout,
    ignore: 'client',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
  });
}

/** Writes the first line at once, and those that follow soon after it together. */
export class LineBuffer implements DestinationStream {
  readonly [METADATA] = true;
  /** pino's level of the line that is being written. */
  lastLevel = 0;
  readonly #write: (text: string) => void;
  #text = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#timer && this.lastLevel < WARN && this.#text.length < MOST_CHARACTERS) return;
    this.flush();
    this.#timer ??= setTimeout(this.#onTimer, TOGETHER_MS).unref();
  }

  flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#write(text);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.flush();
  };
}
