import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Treats a request in place of the service. */
export type Illness = (response: ServerResponse) => void;

/** A request that arrived at one of the services. */
export interface ArrivedAtService<Name extends string = string> {
  readonly service: Name;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** Running services, by name. Disposing of the group stops them. */
export interface ServiceGroup<Name extends string = string> extends AsyncDisposable {
  /** Address of each service, without a slash at the end. */
  readonly urls: Readonly<Record<Name, string>>;
  /** Requests that have arrived at any of the services, in order. */
  readonly arrived: ArrivedAtService<Name>[];
  /** Services that treat each request in a way of their own for now. */
  readonly ill: Map<Name, Illness>;
  /** Called before a request is answered; the answer waits for it. */
  gate: (arrived: ArrivedAtService<Name>) => Promise<void> | void;
}

/** Handles the requests of one service; an Express app is such a handler. */
export type ServiceHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Starts services on free ports of this machine. `services` makes the handler of each service for the address that it gets. */
export async function startServiceGroup<Name extends string>(
  services: Readonly<Record<Name, (url: string) => ServiceHandler>>,
): Promise<ServiceGroup<Name>> {
  const names = Object.keys(services) as Name[];
  const group: ServiceGroup<Name> = {
    urls: Object.fromEntries(names.map((name) => [name, ''])) as Record<Name, string>,
    arrived: [],
    ill: new Map(),
    gate: () => {},
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
  const servers = await Promise.all(
    names.map(async (service) => {
      const server = createServer(async (request, response) => {
        const { method = '', url: path = '', headers } = request;
        const arrived = { service, method, url: path, headers };
        group.arrived.push(arrived);
        await group.gate(arrived);
        const illness = group.ill.get(service);
        if (illness) illness(response);
        else handle(request, response);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const handle = services[service](url);
      Object.assign(group.urls, { [service]: url });
      return server;
    }),
  );
  return group;
}
