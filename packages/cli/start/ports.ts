import { once } from 'node:events';
import { createServer } from 'node:net';

/** Those of the deployables whose port somebody listens on already. */
export async function withTakenPorts<T extends { readonly port: number }>(deployables: readonly T[]): Promise<T[]> {
  const taken = await Promise.all(deployables.map(({ port }) => isTaken(port)));
  return deployables.filter((_, index) => taken[index]);
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return true;
    throw error;
  } finally {
    server.close();
  }
}
