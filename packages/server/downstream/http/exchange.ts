import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { boundWait } from '../../request/wait.ts';
import { Body, contentCodings, decode } from './body.ts';
import type { Connection, Connections } from './connections.ts';

export interface Bounds {
  /** Milliseconds that are left for the last byte of the response. Read again before the exchange times out. */
  readonly remainingMs: () => number;
  /** Creates the error of a timeout. */
  readonly timeoutError: () => Error;
  /** Largest body, in bytes, both encoded and decoded. */
  readonly maxBytes: number;
  /** Counts the bytes of the body as they arrive, and a second attempt. */
  readonly record: { bytes: number; attempts: number };
  /** Cancels the exchange, which rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded if the status is 200. The bodies of other responses are not used. */
  readonly body: Buffer;
}

/** The connection ended before the response was complete. */
export class ResponseCutShortError extends Error {}

export class ResponseTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`The response is larger than ${maxBytes} bytes.`);
  }
}

/**
 * Sends one request and reads the whole response. A timeout, an oversized body and an aborted signal also close the connection,
 * so that the service can stop working on the request. Responses of any status are read to their end, so that the connection
 * can be reused. If the service has closed the connection since its last response, the request is sent once more on a new one
 * (RFC 9112, section 9.3.1; all requests are reads). Rejects with the error of a bound, or with undici's.
 */
export function exchange(
  connections: Connections,
  request: Dispatcher.DispatchOptions,
  bounds: Bounds,
): Promise<RawResponse> {
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
  readonly #resolve: (answer: RawResponse) => void;
  readonly #reject: (reason: unknown) => void;
  #connection: Connection;
  #endWait: () => void;
  #wasResent = false;
  /** Whether the whole body has arrived. The connection may then already serve another call. */
  #isComplete = false;
  #isSettled = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #body = new Body();

  constructor(
    connections: Connections,
    request: Dispatcher.DispatchOptions,
    bounds: Bounds,
    resolve: (answer: RawResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#connections = connections;
    this.#request = request;
    this.#connection = connections.take();
    this.#bounds = bounds;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#endWait = this.#wait();
  }

  send(): void {
    this.#connection.interim.awaitResponse();
    this.#connection.client.dispatch(this.#request, this);
  }

  /** undici requires this handler. */
  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
    if (Number(headers['content-length']) > this.#bounds.maxBytes) this.#cancelTooLarge();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSettled) return;
    this.#bounds.record.bytes += chunk.length;
    if (this.#body.bytes + chunk.length > this.#bounds.maxBytes) this.#cancelTooLarge();
    else this.#body.add(chunk);
  }

  onResponseEnd(): void {
    if (this.#isSettled) return;
    this.#isComplete = true;
    this.#connections.giveBack(this.#connection);
    const codings = this.#status === 200 ? contentCodings(this.#headers['content-encoding']) : [];
    const body = this.#body.whole();
    if (codings.length === 0) this.#settle(body);
    else decode(body, codings, this.#bounds.maxBytes).then(this.#settle, this.#cancel);
  }

  readonly #settle = (body: Buffer): void => {
    if (this.#isSettled) return;
    this.#end();
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  };

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isSettled) return;
    if (this.#mayResend(error)) this.#resend(error);
    else this.#cancel(this.#status === 0 ? error : new ResponseCutShortError(error.message, { cause: error }));
  }

  #mayResend(error: Error): boolean {
    const hasBegun = this.#status !== 0 || this.#connection.interim.haveArrived;
    if (this.#wasResent || hasBegun || this.#connections.isClosed) return false;
    return this.#connection.lastResponse > 0 && isClosed(error);
  }

  #resend(error: Error): void {
    this.#wasResent = true;
    this.#bounds.record.attempts += 1;
    this.#connection = this.#connections.replace(this.#connection, error);
    this.send();
  }

  #wait(): () => void {
    const { signal, remainingMs } = this.#bounds;
    return boundWait(signal, remainingMs(), { onTimeout: this.#onTimeout, onAbort: this.#cancel });
  }

  readonly #onTimeout = (): void => {
    // Timers may fire a millisecond early, and the deadline of a coalesced call may have moved.
    if (this.#bounds.remainingMs() < 1) this.#cancel(this.#bounds.timeoutError());
    else this.#endWait = this.#wait();
  };

  #cancelTooLarge(): void {
    this.#cancel(new ResponseTooLargeError(this.#bounds.maxBytes));
  }

  readonly #cancel = (reason: Error): void => {
    if (this.#isSettled) return;
    this.#end();
    // undici refers to this handler until the connection is closed. It need not hold the body too.
    this.#body = new Body();
    this.#reject(reason);
    if (!this.#isComplete) this.#connections.drop(this.#connection, reason);
  };

  #end(): void {
    this.#isSettled = true;
    this.#endWait();
  }
}

/** Whether the service has closed the connection, as opposed to having sent an invalid response. */
function isClosed(error: Error): boolean {
  return 'code' in error && CLOSED.has(error.code);
}

const CLOSED: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
