import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Connection, Connections } from './connections.ts';

export interface Bounds {
  /** Milliseconds that are left for the last byte of the answer to come; asked again before it is given up. */
  readonly remainingMs: () => number;
  /** What the exchange is rejected with when none is left. */
  readonly timeoutError: () => Error;
  /** Largest answer, in bytes of its body. */
  readonly maxBytes: number;
  /** Where the bytes of its body are counted as they come, whatever becomes of it. */
  readonly received: { bytes: number };
  /** Gives up the exchange when aborted; it is rejected with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The connection ended within an answer. */
export class AnswerCutShortError extends Error {}

export class AnswerTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`The answer is larger than ${maxBytes} bytes.`);
  }
}

/**
 * Sends one request and reads the whole answer. Whatever ends it early (time, size, the signal) also closes its
 * connection, so that the service can stop working on it; an answer of any status that fits is read to its end, so that
 * the connection can be used again. Rejects with the bound's error or with undici's.
 */
export function exchange(
  connections: Connections,
  request: Dispatcher.DispatchOptions,
  bounds: Bounds,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    if (bounds.signal.aborted) {
      reject(bounds.signal.reason);
      return;
    }
    const connection = connections.take();
    connection.client.dispatch(request, new Exchange(connections, connection, bounds, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #connections: Connections;
  readonly #connection: Connection;
  readonly #bounds: Bounds;
  readonly #resolve: (answer: RawAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  #timer: NodeJS.Timeout;
  #isOver = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    connections: Connections,
    connection: Connection,
    bounds: Bounds,
    resolve: (answer: RawAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#connections = connections;
    this.#connection = connection;
    this.#bounds = bounds;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(this.#onTimer, bounds.remainingMs());
    bounds.signal.addEventListener('abort', this.#onAbort);
  }

  /** undici asks for it. */
  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 1xx answers are only announcements.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length']) > this.#bounds.maxBytes) this.#giveUpAsTooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#bytes += chunk.length;
    this.#bounds.received.bytes += chunk.length;
    if (this.#bytes > this.#bounds.maxBytes) this.#giveUpAsTooLarge();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#end();
    this.#connections.giveBack(this.#connection);
    const [only] = this.#chunks;
    const body = this.#chunks.length === 1 && only ? only : Buffer.concat(this.#chunks, this.#bytes);
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#giveUp(this.#status === 0 ? error : new AnswerCutShortError(error.message, { cause: error }));
  }

  readonly #onTimer = (): void => {
    const remainingMs = this.#bounds.remainingMs();
    if (remainingMs < 1) this.#giveUp(this.#bounds.timeoutError());
    else this.#timer = setTimeout(this.#onTimer, remainingMs);
  };

  readonly #onAbort = (): void => this.#giveUp(this.#bounds.signal.reason);

  #giveUpAsTooLarge(): void {
    this.#giveUp(new AnswerTooLargeError(this.#bounds.maxBytes));
  }

  #giveUp(reason: Error): void {
    if (this.#isOver) return;
    this.#end();
    this.#chunks = [];
    this.#reject(reason);
    this.#connections.giveUp(this.#connection, reason);
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#bounds.signal.removeEventListener('abort', this.#onAbort);
  }
}
