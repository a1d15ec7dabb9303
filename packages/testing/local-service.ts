import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived at a local service. */
export interface Arrived {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Resolves when the connection closes before the answer was written. */
  readonly cancelled: Promise<void>;
}

export interface LocalService extends AsyncDisposable {
  readonly url: string;
  /** Every request so far, in the order of their arrival. */
  readonly arrived: Arrived[];
  /** Connections that are open now. */
  connections(): Promise<number>;
}

export type Handler = (request: Arrived, response: ServerResponse, raw: IncomingMessage) => unknown;

/** A real server on a free port of this machine that records what arrives. */
export async function startLocalService(handler: Handler): Promise<LocalService> {
  const arrived: Arrived[] = [];
  const server = createServer(async (raw, response) => {
    const cancelled = new Promise<void>((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) resolve();
      });
    });
    const chunks: Buffer[] = [];
    for await (const chunk of raw) chunks.push(chunk);
    const request = {
      method: raw.method ?? '',
      url: raw.url ?? '',
      headers: raw.headers,
      body: Buffer.concat(chunks).toString(),
      cancelled,
    };
    arrived.push(request);
    await handler(request, response, raw);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers JSON with status 200. */
export function json(response: ServerResponse, value: unknown, headers: Record<string, string | string[]> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}
