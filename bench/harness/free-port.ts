import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system gives to outgoing connections.
const FIRST = 23_001;
const LAST = 32_000;
const ATTEMPTS = 100;

/** A port that nobody listens on; throws where none is found. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`There is no free port from ${FIRST} to ${LAST}.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
