import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { ServerLoad } from '../overload/server-load.ts';
import { type ClientErrorHandler, ConnectError } from './client-error.ts';
import { Connections } from './connections.ts';

// Load balancers keep idle connections for 60 s. A shorter time would make them send into a closing socket.
const KEEP_ALIVE_MS = 65_000;

/** Longest time for the headers and for the whole of a request to arrive, and the interval of the check, in milliseconds. */
const ARRIVAL = { headersMs: 30_000, wholeMs: 66_000, checkEveryMs: 1_000 };

export interface ServerOptions {
  /** While it returns true, each response is the last one on its connection. */
  readonly isStopping?: () => boolean;
  readonly arrival?: typeof ARRIVAL;
  /** Most open connections; unbounded by default. */
  readonly maxConnections?: number;
  /** Longest time in which a caller reads nothing of a response, in milliseconds; 0, the default, is unbounded. */
  readonly writeTimeoutMs?: number;
  readonly load?: ServerLoad;
  /** Answers input that Node's parser rejects, and CONNECT; by default Node does. */
  readonly answerUnparsable?: ClientErrorHandler;
}

/**
 * An HTTP server for an app. Express sets the prototype of every request and response. This server creates them with it, because V8 is slow
 * with objects whose prototype has changed. A request that takes longer than `arrival` is rejected with 408.
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
    // checkHead rejects a request without Host, in the format of all other errors.
    requireHostHeader: false,
  });
  // Node uses the shorter of the two for the headers, and the longer one for the whole request. Some versions count the idle time before a
  // request as part of the headers' time, so headersTimeout has to exceed the keep-alive time of load balancers.
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
  // A function, because the prototype of a class cannot be replaced. Node uses it with `new` only.
  return Subclass as unknown as Class;
}
