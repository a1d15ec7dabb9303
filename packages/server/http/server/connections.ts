import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ByteBudget } from '../overload/byte-budget.ts';
import type { ServerLoad } from '../overload/server-load.ts';
import { holdsSlot } from '../request-state.ts';

/** Most requests that wait for the responses before theirs (HTTP/1.1 pipelining): on one connection, and on all. */
const MAX_WAITING = 16;
const MAX_WAITING_IN_ALL = 1_000;

/** Most memory of all unread responses, in bytes. */
const MAX_UNSENT_BYTES = 32 * 1024 * 1024;

export interface ConnectionLimits {
  /** Most open connections. */
  readonly maxConnections: number;
  /** Longest time in which a caller reads nothing of a response, in milliseconds. Then its connection is closed. */
  readonly writeTimeoutMs: number;
}

/**
 * The connections of a server. Each one has one request in progress at a time. Unread responses and the number of connections are bounded.
 */
export class Connections {
  /** In order of use, the least recently used one first. */
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

  /** Handles all connections and requests of a server. */
  attachTo(server: Server): void {
    server.on('connection', (socket) => this.#open(socket));
    server.on('request', (request, response) => this.#receive(request, response));
    // Without a listener, Node would answer 417 itself.
    server.on('checkExpectation', (request, response) => this.#receive(request, response));
    const closeIdle = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => {
      // Node considers a connection idle while its caller is still reading, and would truncate the response.
      if (this.#unsent.held === 0) closeIdle();
    };
  }

  /** Answers input that could not be parsed, after the responses to earlier requests. */
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

  /** Closes the least recently used connection whose request holds no slot. */
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
      // The caller with most waiting requests has to make room.
      if (longest) this.#close(longest, 'pipelining');
      if (longest === connection) return;
    }
    if (waiting.length === 0) current.once('close', () => this.#next(connection));
    waiting.push(task);
    this.#waiting += 1;
  }

  /** The connection with the most waiting requests; of several, the least recently used one. */
  #longestQueue(): Connection | undefined {
    let longest: Connection | undefined;
    for (const connection of this.#all) {
      if (connection.waiting.length > (longest?.waiting.length ?? 0)) longest = connection;
    }
    return longest;
  }

  #next(connection: Connection): void {
    const { socket, waiting } = connection;
    // There is no response after the last one on a connection.
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
      // The whole response is in the buffers of the socket or the system.
      if (connection.socket.writableLength > 0) this.#watchUnsent(connection, response);
    });
    this.#serve(request, response);
  }

  /** Watches a response that the caller has not read. Until it has, nothing is read from the caller. */
  #watchUnsent(connection: Connection, response: ServerResponse): void {
    const { socket } = connection;
    const unsent = this.#unsent.hold(() => this.#close(connection, 'unsent_memory'));
    unsent.add(socket.writableLength);
    // Each read and each write restarts a socket's timeout. Without reads, it is the timeout of the response.
    socket.setTimeout(this.#limits.writeTimeoutMs);
    response.once('timeout', () => this.#close(connection, 'write_timeout'));
    // Node resumes the socket at the end of the request that it is parsing.
    process.nextTick(() => {
      if (!isOver(response)) socket.pause();
    });
    response.once('close', () => {
      unsent.release();
      if (socket.destroyed) return;
      // Node has set the keep-alive timeout if the connection is idle.
      if (connection.waiting.length > 0) socket.setTimeout(0);
      socket.resume();
    });
  }

  #close(connection: Connection, reason: keyof ServerLoad['closed']): void {
    // Until its 'close' event, the connection would count against the limits.
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
  /** The response to the current request. */
  current: ServerResponse | undefined;
  /** Further requests, in the order of their arrival. */
  readonly waiting: (() => void)[];
}

/** Whether a response was written completely, or its caller has hung up. */
function isOver(response: ServerResponse): boolean {
  return response.writableFinished || response.destroyed;
}
