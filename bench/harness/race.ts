import { checkAnswers } from './check.ts';
import type { Contender } from './contenders.ts';
import { type Cores, pinThisProcess } from './machine.ts';
import { progress } from './progress.ts';
import type { Screen } from './screens.ts';
import { type Server, startServer } from './server.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/** The services' stand-in, on the core of the load, which is this process's too from now on. */
export function prepareUpstream({ load }: Cores): Promise<Upstream> {
  pinThisProcess(load);
  return startUpstream(load);
}

/**
 * Starts a server for each contender on the core of the servers. Throws where two of them do not answer the same. Only one screen's
 * are there at a time: a machine takes the memory of whoever is idle for long away, and gives it back at the cost of who is measured.
 */
export async function startServers(
  { server: core }: Cores,
  contenders: readonly Contender[],
  screen: Screen,
  upstream: Upstream,
): Promise<Server[]> {
  const servers: Server[] = [];
  for (const contender of contenders) {
    progress(`starting ${contender.name}, ${screen.name}`);
    servers.push(await startServer(core, contender, screen, upstream.url));
  }
  await checkAnswers(servers, screen.orders);
  return servers;
}

export async function stopServers(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}
