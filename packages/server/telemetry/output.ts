import type { DestinationStream } from 'pino';

export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Lines are written together at most this many milliseconds apart, or when they have this many characters. */
const FLUSH_MS = 100;
const MAX_CHARACTERS = 16_384;

/** Tells pino to pass the level of each line to the destination. */
const METADATA: unique symbol = Symbol.for('pino.metadata');

/** pino's level of a warning. Warnings and errors are written at once. */
const WARN = 40;

/**
 * Standard output for lines of JSON, buffered briefly, because a system call per line would cost more than formatting it. Buffered
 * lines are written before the process ends, except on SIGKILL.
 */
export function standardOutput(): DestinationStream {
  output ??= openOutput();
  return output;
}

let output: LineBuffer | undefined;

function openOutput(): LineBuffer {
  // pino's own stream retries forever when its reader has gone, and the process never ends.
  process.stdout.on('error', () => {});
  const lines = new LineBuffer((text) => process.stdout.write(text));
  process.once('exit', () => lines.flush());
  return lines;
}

/**
 * Standard output in the given format. `auto` is pretty on a terminal during development, and JSON otherwise. Without pino-pretty,
 * which production does not install, lines are JSON.
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

/** Writes the first line at once, and lines that follow soon after it together. */
export class LineBuffer implements DestinationStream {
  readonly [METADATA] = true;
  /** pino's level of the current line. */
  lastLevel = 0;
  readonly #write: (text: string) => void;
  #text = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#timer && this.lastLevel < WARN && this.#text.length < MAX_CHARACTERS) return;
    this.flush();
    this.#timer ??= setTimeout(this.#onTimer, FLUSH_MS).unref();
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
