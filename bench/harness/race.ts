import { checkAnswers } from './check.ts';
import type { Contender } from './contenders.ts';
import { type Cores, pinThisProcess } from './machine.ts';
import { progress } from './progress.ts';
import { SCREENS, type Screen } from './screens.ts';
import { type Server, startServer } from './server.ts';
import { startUpstream, type Upstream } from './upstream.ts';

/** The upstream and all servers, ready to be measured. */
export interface Race {
  readonly upstream: Upstream;
  readonly servers: readonly Server[];
}

/**
 * Starts everything on its core: a server for each contender and screen on one, the load (this process) and the upstream
 * on the other. Throws where two contenders do not answer the same.
 */
export async function prepare(
  cores: Cores,
  contenders: readonly Contender[],
  races: (contender: Contender, screen: Screen) => boolean = () => true,
): Promise<Race> {
  pinThisProcess(cores.load);
  const upstream = await startUpstream(cores.load);
  const servers: Server[] = [];
  for (const screen of SCREENS) {
    const entered = contenders.filter((contender) => races(contender, screen));
    const ofScreen: Server[] = [];
    for (const contender of entered) {
      progress(`starting ${contender.name}, ${screen.name}`);
      ofScreen.push(await startServer(cores.server, contender, screen, upstream.url));
    }
    await checkAnswers(ofScreen, screen.orders);
    servers.push(...ofScreen);
  }
  return { upstream, servers };
}
