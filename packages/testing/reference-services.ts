import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { catalogRoutes } from '../../examples/services/catalog/routes.ts';
import { memoryDatabase } from '../../examples/services/data/database.ts';
import type { Size } from '../../examples/services/data/generate.ts';
import { createApp } from '../../examples/services/http/serve.ts';
import { orderRoutes } from '../../examples/services/orders/routes.ts';
import { userRoutes } from '../../examples/services/users/routes.ts';

/** The services of the reference shop. */
export const REFERENCE_SERVICES = ['users', 'orders', 'catalog'] as const;
export type ReferenceService = (typeof REFERENCE_SERVICES)[number];

/** Enough that u_42 has several pages of orders over more than 100 products, and quick to make. */
const SIZE: Size = { users: 50, products: 200, orders: 400, promos: 5 };

/** How an ill service treats a request, instead of answering it. */
export type Illness = (response: ServerResponse) => void;

export interface ArrivedAtService {
  readonly service: ReferenceService;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ReferenceServices extends AsyncDisposable {
  readonly urls: Readonly<Record<ReferenceService, string>>;
  /** What has arrived at any of them, in order. */
  readonly arrived: ArrivedAtService[];
  /** Services that are ill for now. */
  readonly ill: Map<ReferenceService, Illness>;
  /** Called before a request is answered; the answer waits for it. */
  gate: (arrived: ArrivedAtService) => Promise<void> | void;
}

/** The three reference services on free ports, over a small data set in memory. */
export async function startReferenceServices(): Promise<ReferenceServices> {
  const db = memoryDatabase(SIZE);
  const routes = {
    users: (url: string) => userRoutes(db, url),
    orders: () => orderRoutes(db),
    catalog: (url: string) => catalogRoutes(db, url),
  };
  const services: ReferenceServices = {
    urls: { users: '', orders: '', catalog: '' },
    arrived: [],
    ill: new Map(),
    gate: () => {},
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
      db.close();
    },
  };
  const servers = await Promise.all(
    Object.entries(routes).map(async ([name, routesAt]) => {
      const service = name as ReferenceService;
      const server = createServer(async (request, response) => {
        const arrived = { service, url: request.url ?? '', headers: request.headers };
        services.arrived.push(arrived);
        await services.gate(arrived);
        const illness = services.ill.get(service);
        if (illness) illness(response);
        else app(request, response);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const app = createApp(routesAt(url));
      Object.assign(services.urls, { [service]: url });
      return server;
    }),
  );
  return services;
}
