import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, request as requestOf, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the service behind the proxy has answered. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of a service's answer. */
export type Inflict = (answer: UpstreamAnswer, response: ServerResponse) => void;

/** A service that takes no connections at all. */
export const REFUSE = 'refuse';

/** Stands between a BFF and a service: passes answers on as they are, or as a fault has them. */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** Requests that are neither answered nor given up. */
  readonly open: number;
  /** Connections to it. */
  connections(): Promise<number>;
  /** Makes the service ill from now on. */
  fail(fault: Inflict | typeof REFUSE): Promise<void>;
  /** Makes it well again. */
  heal(): Promise<void>;
}

/** A proxy on a free port in front of the service at this URL. */
export async function startFaultProxy(serviceUrl: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  let inflict: Inflict = passOn;
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    const { method, headers, url } = request;
    const forwarded = requestOf(new URL(url ?? '/', serviceUrl), { method, headers, agent }, async (upstream) => {
      const chunks: Buffer[] = [];
      for await (const chunk of upstream) chunks.push(chunk);
      if (response.destroyed) return;
      inflict({ status: upstream.statusCode ?? 0, headers: upstream.headers, body: Buffer.concat(chunks) }, response);
    });
    forwarded.once('error', () => response.destroy());
    request.pipe(forwarded);
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get open() {
      return open;
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async fail(fault) {
      if (fault === REFUSE) await close();
      else inflict = fault;
    },
    async heal() {
      inflict = passOn;
      if (!server.listening) await listen(port);
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await close();
    },
  };
}

/** Leaves out what belongs to one connection, and what the new body makes wrong. */
export function passOn({ status, headers, body }: UpstreamAnswer, response: ServerResponse): void {
  const { connection: _, 'transfer-encoding': __, 'keep-alive': ___, 'content-length': ____, ...others } = headers;
  response.writeHead(status, { ...others, 'content-length': body.length }).end(body);
}
