import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Express } from 'express';

/**
 * An HTTP server for an app. Express gives every request and every response the prototype of its own kind; here they are
 * made with it, since V8 works slowly with an object whose prototype was changed.
 */
export function createHttpServer(app: Express): Server {
  const options = {
    IncomingMessage: withPrototype(IncomingMessage, app.request),
    ServerResponse: withPrototype(ServerResponse, app.response),
  };
  return createServer(options, app);
}

function withPrototype<Class extends new (...parameters: never[]) => object>(parent: Class, prototype: object): Class {
  function Subclass(...parameters: unknown[]): object {
    return Reflect.construct(parent, parameters, Subclass);
  }
  Subclass.prototype = prototype;
  // A class's prototype cannot be replaced, a function's can; it is used with `new` alone, as the class would be.
  return Subclass as unknown as Class;
}
