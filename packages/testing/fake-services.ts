import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Illness, type ServiceGroup, startServiceGroup } from './service-group.ts';

/** A request to a fake service. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  /** Values of the `{name}` segments of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * The answer of a route: a JSON value, or a function that makes one from the request. A function may return a `Response`, for another
 * status than 200 or for headers.
 */
export type FakeRoute = ((request: FakeRequest) => unknown) | Readonly<object> | string | number | boolean | null;

/** Routes of a service, by path or by method and path: `/books`, `/books/{id}`, `POST /loans`. The method is GET by default. */
export type FakeRoutes = Readonly<Record<string, FakeRoute>>;

/** Running fake services: their addresses, and the requests that arrived. */
export interface FakeServices<Name extends string = string> extends ServiceGroup<Name> {
  /** Applies a fault to every request of a service from now on. See `faults`. */
  fail(service: Name, fault: Illness): void;
  /** Ends the fault of a service, or of all services. */
  heal(service?: Name): void;
}

/**
 * Starts fake REST services, each on a free port of this machine. They answer 404 where no route matches, and 500 with the error's message
 * where a route throws. Dispose of the result to stop them.
 */
export async function startFakeServices<Name extends string>(
  services: Readonly<Record<Name, FakeRoutes>>,
): Promise<FakeServices<Name>> {
  // A wrong route is refused before any server listens.
  const entries = Object.entries<FakeRoutes>(services).map(([name, routes]) => {
    const handler = handlerOf(routes);
    return [name, () => handler];
  });
  const group = await startServiceGroup<Name>(Object.fromEntries(entries));
  return Object.assign(group, {
    fail: (service: Name, fault: Illness) => void group.ill.set(service, fault),
    heal: (service?: Name) => {
      if (service === undefined) group.ill.clear();
      else group.ill.delete(service);
    },
  });
}

/**
 * A route that answers those of `rows` whose key the request asks for, in the order of `rows`; all of them where it names no keys.
 * `key` is the rows' property, `param` the query parameter with the comma-separated keys.
 */
export function rowsByKey<Row extends object>(
  rows: readonly Row[],
  { key = 'id', param = 'ids' }: { readonly key?: string; readonly param?: string } = {},
): (request: FakeRequest) => readonly Row[] {
  return ({ query }) => {
    const keys = query.get(param)?.split(',');
    return keys === undefined ? rows : rows.filter((row) => keys.includes(String(Reflect.get(row, key))));
  };
}

interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly answer: FakeRoute;
}

function handlerOf(routes: FakeRoutes) {
  const known = Object.entries(routes).map(([name, answer]) => routeOf(name, answer));
  return async (incoming: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://service');
    const { method = 'GET', headers } = incoming;
    for (const route of known) {
      const params = paramsOf(route, method, pathname);
      if (params === undefined) continue;
      const body = await text(incoming);
      const request = { method, path: pathname, params, query: searchParams, headers, body };
      await send(response, () => (typeof route.answer === 'function' ? route.answer(request) : route.answer));
      return;
    }
    response.writeHead(404).end();
  };
}

function routeOf(name: string, answer: FakeRoute): Route {
  const [method = '', path = ''] = name.startsWith('/') ? ['GET', name] : name.split(' ');
  if (!path.startsWith('/')) throw new Error(`"${name}" is not a route such as "/books" or "POST /loans".`);
  return { method, segments: path.split('/'), answer };
}

/** The route's parameters in a request; undefined where it is of another route. */
function paramsOf({ method, segments }: Route, asked: string, path: string): Record<string, string> | undefined {
  const parts = path.split('/');
  if (asked !== method || parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = decodeURIComponent(parts[index] ?? '');
    if (segment.startsWith('{') && segment.endsWith('}')) params[segment.slice(1, -1)] = part;
    else if (segment !== part) return undefined;
  }
  return params;
}

async function send(response: ServerResponse, answer: () => unknown): Promise<void> {
  let made: Response;
  try {
    const value = await answer();
    made = value instanceof Response ? value : Response.json(value);
  } catch (error) {
    made = Response.json({ title: String(error) }, { status: 500 });
  }
  response.writeHead(made.status, Object.fromEntries(made.headers));
  response.end(Buffer.from(await made.arrayBuffer()));
}
