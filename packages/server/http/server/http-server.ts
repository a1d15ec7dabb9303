import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { ServerLoad } from '../overload/server-load.ts';
import { type ClientErrorHandler, ConnectError } from './client-error.ts';
import { Connections } from './connections.ts';

// A load balancer keeps idle connections for 60 s; we hang up later than it, or it would send into a closing socket.
const KEEP_ALIVE_MS = 65_000;

/** Longest time for a request's headers to arrive, and for all of it, and how often that is looked at, in milliseconds. */
const ARRIVAL = { headersMs: 30_000, wholeMs: 66_000, checkEveryMs: 1_000 };

export interface ServerOptions {
  /** While it answers true, each response is the last one on its connection. */
  readonly isStopping?: () => boolean;
  readonly arrival?: typeof ARRIVAL;
  /** Most connections at once; no bound by default. */
  readonly maxConnections?: number;
  /** Longest time in which a caller reads nothing of a response, in milliseconds; 0, the default, is no bound. */
  readonly writeTimeoutMs?: number;
  readonly load?: ServerLoad;
  /** Answers what Node's parser refuses before there is a request, and CONNECT; by default Node does. */
  readonly answerUnparsable?: ClientErrorHandler;
}

/**
 * An HTTP server for an app. Express gives every request and every response the prototype of its own kind; here they are
 * made with it, since V8 works slowly with an object whose prototype was changed. Whoever takes longer than `arrival` for a request
 * is hung up on.
 */
export function createHttpServer(
  app: Express,
  {
    isStopping = () => false,
    arrival = ARRIVAL,
    maxConnections = Number.POSITIVE_INFINITY,
    writeTimeoutMs = 0,
    load = new ServerLoad(),
    answerUnparsable,
  }: ServerOptions = {},
): Server {
  const { writeHead } = app.response;
  app.response.writeHead = function writeHeadOfLast(this: typeof app.response, ...parameters: unknown[]) {
    if (isStopping()) this.shouldKeepAlive = false;
    Reflect.apply(writeHead, this, parameters);
    return this;
  };
  const server = createServer({
    IncomingMessage: withPrototype(IncomingMessage, app.request),
    ServerResponse: withPrototype(ServerResponse, app.response),
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: arrival.checkEveryMs,
    // checkHead refuses a request without it, in the words of all other errors.
    requireHostHeader: false,
  });
  // Whichever is which, Node gives the headers the shorter of the two and the whole request the longer. Some versions took the
  // time between two requests for the headers' too, so that this one has to outlast a load balancer as well.
  server.headersTimeout = arrival.wholeMs;
  server.requestTimeout = arrival.headersMs;
  const connections = new Connections({ maxConnections, writeTimeoutMs }, load, app);
  connections.attachTo(server);
  if (answerUnparsable) {
    const answerInTurn = (error: Error, socket: Duplex) =>
      connections.answerInTurn(socket, () => answerUnparsable(error, socket));
    server.on('clientError', answerInTurn);
    server.on('connect', (_request, socket) => answerInTurn(new ConnectError(), socket));
  }
  return server;
}

function withPrototype<Class extends new (...parameters: never[]) => object>(parent: Class, prototype: object): Class {
  function Subclass(...parameters: unknown[]): object {
    return Reflect.construct(parent, parameters, Subclass);
  }
  Subclass.prototype = prototype;
  // A class's prototype cannot be replaced, a function's can; it is used with `new` alone, as the class would be.
  return Subclass as unknown as Class;
}
