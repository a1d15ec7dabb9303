import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ByteBudget } from '../overload/byte-budget.ts';
import type { ServerLoad } from '../overload/server-load.ts';
import { holdsSlot } from '../request-state.ts';

/** Requests that may wait on one connection for the responses before theirs (HTTP/1.1 pipelining), and on all of them together. */
const MAX_WAITING = 16;
const MAX_WAITING_IN_ALL = 1_000;

/** Most memory of all responses that callers have not read yet. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;

export interface ConnectionLimits {
  /** Most connections at once. */
  readonly maxConnections: number;
  /** A connection is closed when its caller reads nothing of a response for so long, in milliseconds. */
  readonly writeTimeoutMs: number;
}

/**
 * The connections of a server. Each of them has one request under way at a time; the responses of callers who do not read them, and
 * the number of connections, are bounded.
 */
export class Connections {
  /** The one that was used last is the last one. */
  readonly #all = new Set<Connection>();
  readonly #limits: ConnectionLimits;
  readonly #load: ServerLoad;
  readonly #serve: RequestListener;
  readonly #unsent = new ByteBudget(MAX_UNSENT_BYTES);
  #waiting = 0;

  constructor(limits: ConnectionLimits, load: ServerLoad, serve: RequestListener) {
    this.#limits = limits;
    this.#load = load;
    this.#serve = serve;
  }

  /** Takes all connections and requests of a server. */
  attachTo(server: Server): void {
    server.on('connection', (socket) => this.#open(socket));
    server.on('request', (request, response) => this.#receive(request, response));
    // Without a listener Node would answer 417 by itself.
    server.on('checkExpectation', (request, response) => this.#receive(request, response));
    const closeIdle = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => {
      // Node takes a connection for idle while its caller is still reading, and would cut the response short.
      if (this.#unsent.held === 0) closeIdle();
    };
  }

  /** Answers what could not be parsed in its turn: after the responses to the requests that came before it. */
  answerInTurn(socket: Tracked<Duplex>, answer: () => void): void {
    const connection = socket[CONNECTION];
    const current = connection?.current;
    if (!connection || !current || isOver(current)) answer();
    else if (current.req.complete) this.#enqueue(connection, current, answer);
    // The error is about the body of the current request.
    else if (current.headersSent) socket.destroy();
    else answer();
  }

  #open(socket: Tracked<Socket>): void {
    const connection: Connection = { socket, current: undefined, waiting: [] };
    socket[CONNECTION] = connection;
    this.#all.add(connection);
    this.#load.connections = this.#all.size;
    socket.once('close', () => this.#forget(connection));
    if (this.#all.size > this.#limits.maxConnections) this.#makeRoom();
  }

  /** Closes the connection that has not been used for longest. Requests that hold a slot are not cut off. */
  #makeRoom(): void {
    for (const connection of this.#all) {
      if (connection.current && holdsSlot(connection.current)) continue;
      this.#close(connection, 'limit');
      return;
    }
  }

  #receive(request: IncomingMessage & { readonly socket: Tracked<Socket> }, response: ServerResponse): void {
    const connection = request.socket[CONNECTION];
    if (!connection || connection.socket.destroyed) return;
    const { current, waiting } = connection;
    const start = () => this.#start(connection, request, response);
    if (current && (waiting.length > 0 || !isOver(current))) this.#enqueue(connection, current, start);
    else start();
  }

  #enqueue(connection: Connection, current: ServerResponse, task: () => void): void {
    const { waiting } = connection;
    if (waiting.length >= MAX_WAITING) {
      this.#close(connection, 'pipelining');
      return;
    }
    if (this.#waiting >= MAX_WAITING_IN_ALL) {
      const longest = this.#longestQueue();
      // The caller that occupies most of the places makes room, not the one that asks for its first.
      if (longest) this.#close(longest, 'pipelining');
      if (longest === connection) return;
    }
    if (waiting.length === 0) current.once('close', () => this.#next(connection));
    waiting.push(task);
    this.#waiting += 1;
  }

  /** The connection with the most waiting requests; of several, the one that has been idle for longest. */
  #longestQueue(): Connection | undefined {
    let longest: Connection | undefined;
    for (const connection of this.#all) {
      if (connection.waiting.length > (longest?.waiting.length ?? 0)) longest = connection;
    }
    return longest;
  }

  #next(connection: Connection): void {
    const { socket, waiting } = connection;
    // After the last response on a connection nothing more is answered on it.
    if (!socket.writable) return;
    const task = waiting.shift();
    if (!task) return;
    this.#waiting -= 1;
    task();
    if (waiting.length > 0) connection.current?.once('close', () => this.#next(connection));
  }

  #start(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    connection.current = response;
    this.#all.delete(connection);
    this.#all.add(connection);
    response.once('prefinish', () => {
      // All of it is in the socket's buffers, or in the system's.
      if (connection.socket.writableLength > 0) this.#watchUnsent(connection, response);
    });
    this.#serve(request, response);
  }

  /** The caller has not read all of a response. Until it has, nothing more is read from the caller either. */
  #watchUnsent(connection: Connection, response: ServerResponse): void {
    const { socket } = connection;
    const unsent = this.#unsent.hold(() => this.#close(connection, 'unsent_memory'));
    unsent.add(socket.writableLength);
    // The time of a socket begins anew with each byte that is read or written: only without reads it is that of the response.
    socket.setTimeout(this.#limits.writeTimeoutMs);
    response.once('timeout', () => this.#close(connection, 'write_timeout'));
    // Node resumes the socket at the end of the request that it is parsing.
    process.nextTick(() => {
      if (!isOver(response)) socket.pause();
    });
    response.once('close', () => {
      unsent.release();
      if (socket.destroyed) return;
      // Node has set the time of an idle connection, if it is one.
      if (connection.waiting.length > 0) socket.setTimeout(0);
      socket.resume();
    });
  }

  #close(connection: Connection, reason: keyof ServerLoad['closed']): void {
    // The 'close' event comes later. Until then the connection would count against the limits.
    this.#forget(connection);
    if (connection.socket.destroyed) return;
    this.#load.closed[reason] += 1;
    connection.socket.destroy();
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    this.#load.connections = this.#all.size;
    this.#waiting -= connection.waiting.length;
    connection.waiting.length = 0;
  }
}

const CONNECTION = Symbol('connection');

type Tracked<Of extends Duplex> = Of & { [CONNECTION]?: Connection };

interface Connection {
  readonly socket: Socket;
  /** The response to the last request that was started. */
  current: ServerResponse | undefined;
  /** What comes after that, in the order in which it arrived. */
  readonly waiting: (() => void)[];
}

/** Whether a response was written to the end, or its caller has gone. */
function isOver(response: ServerResponse): boolean {
  return response.writableFinished || response.destroyed;
}
