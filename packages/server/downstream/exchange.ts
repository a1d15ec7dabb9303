import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { Body } from './body.ts';
import type { Connection, Connections } from './connections.ts';
import { contentCodings, decode } from './content-codings.ts';

export interface Bounds {
  /** Milliseconds that are left for the last byte of the answer to come; asked again before it is given up. */
  readonly remainingMs: () => number;
  /** What the exchange is rejected with when none is left. */
  readonly timeoutError: () => Error;
  /** Largest answer, in bytes of its body as it comes and as it is decoded. */
  readonly maxBytes: number;
  /** Where the bytes of its body are counted as they come, whatever becomes of it, and that it was sent once more. */
  readonly record: { bytes: number; attempts: number };
  /** Gives up the exchange when aborted; it is rejected with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded where the status is 200; nobody reads the others. */
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
 * the connection can be used again. A request that meets a connection which the service has closed since its last answer is
 * sent once more, on a new one (RFC 9112, section 9.3.1; all requests are reads). Rejects with the bound's error or with
 * undici's.
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
    new Exchange(connections, request, bounds, resolve, reject).send();
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #connections: Connections;
  readonly #request: Dispatcher.DispatchOptions;
  readonly #bounds: Bounds;
  readonly #resolve: (answer: RawAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  #connection: Connection;
  #timer: NodeJS.Timeout;
  #wasResent = false;
  /** The whole body has come, and the connection may be another call's by now. */
  #hasCome = false;
  #isOver = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #body = new Body();

  constructor(
    connections: Connections,
    request: Dispatcher.DispatchOptions,
    bounds: Bounds,
    resolve: (answer: RawAnswer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#connections = connections;
    this.#request = request;
    this.#connection = connections.take();
    this.#bounds = bounds;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(this.#onTimer, Math.max(0, bounds.remainingMs()));
    bounds.signal.addEventListener('abort', this.#onAbort);
  }

  send(): void {
    this.#connection.interim.awaitResponse();
    this.#connection.client.dispatch(this.#request, this);
  }

  /** undici asks for it. */
  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length']) > this.#bounds.maxBytes) this.#giveUpAsTooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#bounds.record.bytes += chunk.length;
    if (this.#body.bytes + chunk.length > this.#bounds.maxBytes) this.#giveUpAsTooLarge();
    else this.#body.add(chunk);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#hasCome = true;
    this.#connections.giveBack(this.#connection);
    const codings = this.#status === 200 ? contentCodings(this.#headers['content-encoding']) : [];
    const body = this.#body.whole();
    if (codings.length === 0) this.#settle(body);
    else decode(body, codings, this.#bounds.maxBytes).then(this.#settle, this.#giveUp);
  }

  readonly #settle = (body: Buffer): void => {
    if (this.#isOver) return;
    this.#end();
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  };

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    if (this.#mayResend(error)) this.#resend(error);
    else this.#giveUp(this.#status === 0 ? error : new AnswerCutShortError(error.message, { cause: error }));
  }

  #mayResend(error: Error): boolean {
    const hasBegun = this.#status !== 0 || this.#connection.interim.haveCome;
    if (this.#wasResent || hasBegun || this.#connections.isClosed) return false;
    return this.#connection.lastAnswer > 0 && isClosed(error);
  }

  #resend(error: Error): void {
    this.#wasResent = true;
    this.#bounds.record.attempts += 1;
    this.#connection = this.#connections.replace(this.#connection, error);
    this.send();
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

  readonly #giveUp = (reason: Error): void => {
    if (this.#isOver) return;
    this.#end();
    // Whoever still holds this, as undici does until the connection is closed, need not hold the body too.
    this.#body = new Body();
    this.#reject(reason);
    if (!this.#hasCome) this.#connections.giveUp(this.#connection, reason);
  };

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#bounds.signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Whether the other side has closed the connection, as opposed to having answered what cannot be understood. */
function isClosed(error: Error): boolean {
  return 'code' in error && CLOSED.has(error.code);
}

const CLOSED: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
