import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Deployable } from './deployables.ts';

/** The deployables whose port somebody else listens on. */
export async function withTakenPorts(deployables: readonly Deployable[]): Promise<Deployable[]> {
  const taken = await Promise.all(deployables.map(({ port }) => isTaken(port)));
  return deployables.filter((_, index) => taken[index]);
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return false;
  } catch {
    return true;
  } finally {
    server.close();
  }
}
