import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Express } from 'express';

// A load balancer keeps idle connections for 60 s; we hang up later than it, or it would send into a closing socket.
const KEEP_ALIVE_MS = 65_000;

/** Longest time for a request's headers to arrive, and for all of it, and how often that is looked at, in milliseconds. */
const ARRIVAL = { headersMs: 30_000, wholeMs: 66_000, checkEveryMs: 1_000 };

/**
 * An HTTP server for an app. Express gives every request and every response the prototype of its own kind; here they are
 * made with it, since V8 works slowly with an object whose prototype was changed. While `isStopping`, each answer is the
 * last one on its connection, those to requests that came before too. Whoever takes longer than `arrival` for a request is
 * hung up on.
 */
export function createHttpServer(
  app: Express,
  isStopping: () => boolean = () => false,
  arrival: typeof ARRIVAL = ARRIVAL,
): Server {
  const { writeHead } = app.response;
  app.response.writeHead = function writeHeadOfLast(this: typeof app.response, ...parameters: unknown[]) {
    if (isStopping()) this.shouldKeepAlive = false;
    Reflect.apply(writeHead, this, parameters);
    return this;
  };
  const options = {
    IncomingMessage: withPrototype(IncomingMessage, app.request),
    ServerResponse: withPrototype(ServerResponse, app.response),
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: arrival.checkEveryMs,
  };
  const server = createServer(options, app);
  // Whichever is which, Node gives the headers the shorter of the two and the whole request the longer. Some versions took the
  // time between two requests for the headers' too, so that this one has to outlast a load balancer as well.
  server.headersTimeout = arrival.wholeMs;
  server.requestTimeout = arrival.headersMs;
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
