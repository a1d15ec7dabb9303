import { chart } from './chart.ts';
import { checkAnswers } from './check.ts';
import {
  ALL,
  APOLLO,
  BARE_EXPRESS,
  CLASSIC,
  type Contender,
  FACET_AS_IT_COMES,
  FACET_OFF,
  FACET_ON,
  FACET_SILENT,
  FACET_SOURCE,
  HAND_WRITTEN,
  MERCURIUS,
} from './contenders.ts';
import { goalsOf } from './goals.ts';
import { type Cores, pinThisProcess } from './machine.ts';
import { type Effort, type Measured, measure, measureSizes, type Sized } from './measure.ts';
import { progress } from './progress.ts';
import { goalTable, report, screenTable } from './report.ts';
import { SCREENS, type Screen } from './screens.ts';
import { measureStarts, type Server, startServer } from './server.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const FULL_EFFORT: Effort = { warmUpMs: 10_000, rounds: 20, roundMs: 250 };
const FULL_STARTS = 5;
const SIZED = new Set([HAND_WRITTEN, FACET_ON, FACET_OFF, MERCURIUS, APOLLO]);

/** The full benchmark: both screens, response sizes and start-up. */
export async function full(cores: Cores) {
  const upstream = await prepareUpstream(cores);
  const measured: Measured[] = [];
  const sized: Sized[] = [];
  for (const screen of SCREENS) {
    const contenders = screen.name === 'Dashboard' ? [...ALL, FACET_AS_IT_COMES, FACET_SILENT] : ALL;
    const servers = await startServers(cores, contenders, screen, upstream);
    measured.push(...(await measure(servers, upstream, FULL_EFFORT)));
    if (screen.name === 'Dashboard') {
      const some = servers.filter(({ contender }) => SIZED.has(contender));
      sized.push(...(await measureSizes(some, upstream)));
    }
    await stopServers(servers);
  }
  const started = await measureStarts(
    cores.server,
    [...ALL, FACET_SOURCE, BARE_EXPRESS],
    SCREENS,
    upstream.url,
    FULL_STARTS,
  );
  const goals = goalsOf(measured, started);
  const tables = SCREENS.map(({ name }) => `${name}\n${screenTable(measured, name)}\n`);
  return {
    summary: [...tables, goalTable(goals)].join('\n'),
    report: report({ contenders: ALL, screens: SCREENS, effort: FULL_EFFORT, measured, goals, sized, started }),
    chart: chart(
      measured.filter(({ server }) => ALL.includes(server.contender)),
      SCREENS,
    ),
  };
}

const QUICK_EFFORT: Effort = { warmUpMs: 1_500, rounds: 8, roundMs: 150 };
const QUICK_STARTS = 2;
const ON_BOTH = [HAND_WRITTEN, FACET_ON, FACET_OFF, MERCURIUS];
const ON_DASHBOARD = [APOLLO, CLASSIC, FACET_AS_IT_COMES, FACET_SILENT];
const STARTED = [APOLLO, FACET_ON, BARE_EXPRESS];

/** A short run that measures only the goals. */
export async function quick(cores: Cores): Promise<string> {
  const upstream = await prepareUpstream(cores);
  const measured: Measured[] = [];
  for (const screen of SCREENS) {
    const contenders = screen.name === 'Dashboard' ? [...ON_BOTH, ...ON_DASHBOARD] : ON_BOTH;
    const servers = await startServers(cores, contenders, screen, upstream);
    measured.push(...(await measure(servers, upstream, QUICK_EFFORT)));
    await stopServers(servers);
  }
  const started = await measureStarts(cores.server, STARTED, SCREENS, upstream.url, QUICK_STARTS);
  const tables = SCREENS.map(({ name }) => `${name}\n${screenTable(measured, name)}\n`);
  return [...tables, goalTable(goalsOf(measured, started))].join('\n');
}

/** Starts the upstream services on the load's core, and pins this process to the same core. */
export function prepareUpstream({ load }: Cores): Promise<Upstream> {
  pinThisProcess(load);
  return startUpstream(load);
}

/**
 * Starts a server per contender on the servers' core. Throws if their responses differ. Servers run for one screen at a time: the
 * operating system may reclaim memory of idle processes, and returning it would disturb the measurement.
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
