import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, type Server as NetServer } from 'node:net';

/**
 * Connections that may wait in the kernel for each listener; it caps the number at net.core.somaxconn. With Node's default of 511, a
 * burst of new connections during a pause of the event loop exceeds it. The kernel then drops packets, and callers wait for seconds.
 */
const BACKLOG = 4_096;

/**
 * Node accepts one connection per listener in each iteration of the event loop (libuv, pull request 3696). An iteration of a busy
 * server takes 20 ms, so that a single listener accepts 50 connections a second while hundreds wait.
 */
const LISTENERS = 16;

/** SO_REUSEPORT lets several sockets listen on one port. On Linux the kernel spreads the connections evenly; other systems need not. */
const CAN_SHARE_PORT = process.platform === 'linux';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Closes all listeners. Resolves when the last connection is closed. */
  close(): Promise<void>;
}

/**
 * Listens on a port; 0 is a free one. Rejects with Node's error when the port is in use, and listens on nothing then. Later errors of
 * all listeners are 'error' events of the server.
 */
export async function listenOn(server: Server, port: number): Promise<Listening> {
  if (!CAN_SHARE_PORT) {
    return listening(server, [], await bind(server, { port, backlog: BACKLOG }));
  }
  // A shared port is never in use. So this finds out whether another process listens on it.
  if (port !== 0) await close(await bound(createServer(), port));
  const shared = { backlog: BACKLOG, reusePort: true };
  const actual = await bind(server, { ...shared, port });
  // As Node's HTTP server creates its own listener.
  const options = { allowHalfOpen: true, noDelay: true };
  const others = Array.from({ length: LISTENERS - 1 }, () =>
    createServer(options, (socket) => server.emit('connection', socket)),
  );
  try {
    await Promise.all(others.map((other) => bind(other, { ...shared, port: actual })));
  } catch (error) {
    for (const opened of [server, ...others]) opened.close();
    throw error;
  }
  for (const other of others) other.on('error', (error) => server.emit('error', error));
  return listening(server, others, actual);
}

function listening(server: Server, others: readonly NetServer[], port: number): Listening {
  return { port, close: () => Promise.all([server, ...others].map(close)).then(() => undefined) };
}

async function bound(server: NetServer, port: number): Promise<NetServer> {
  await bind(server, { port });
  return server;
}

/** Resolves with the port. */
async function bind(server: NetServer, options: Parameters<NetServer['listen']>[0] & object): Promise<number> {
  server.listen(options);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The server does not listen on a port.');
  return address.port;
}

function close(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
