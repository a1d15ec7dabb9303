import { chart } from './chart.ts';
import {
  ALL,
  APOLLO,
  BARE_EXPRESS,
  FACET_AS_IT_COMES,
  FACET_OFF,
  FACET_ON,
  FACET_SILENT,
  FACET_SOURCE,
  HAND_WRITTEN,
  MERCURIUS,
} from './contenders.ts';
import { goalsOf } from './goals.ts';
import type { Cores } from './machine.ts';
import { type Effort, type Measured, measure } from './measure.ts';
import { prepareUpstream, startServers, stopServers } from './race.ts';
import { report } from './report.ts';
import { SCREENS } from './screens.ts';
import { measureSizes, type Sized } from './sizes.ts';
import { measureStarts } from './start.ts';
import { goalTable, screenTable } from './tables.ts';

const EFFORT: Effort = { warmUpMs: 10_000, rounds: 20, roundMs: 250 };
const STARTS = 5;
const SIZED = new Set([HAND_WRITTEN, FACET_ON, FACET_OFF, MERCURIUS, APOLLO]);

/** Everything: both screens, sizes, starts. */
export async function full(cores: Cores) {
  const upstream = await prepareUpstream(cores);
  const measured: Measured[] = [];
  const sized: Sized[] = [];
  for (const screen of SCREENS) {
    const contenders = screen.name === 'Dashboard' ? [...ALL, FACET_AS_IT_COMES, FACET_SILENT] : ALL;
    const servers = await startServers(cores, contenders, screen, upstream);
    measured.push(...(await measure(servers, upstream, EFFORT)));
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
    STARTS,
  );
  const goals = goalsOf(measured, started);
  const tables = SCREENS.map(({ name }) => `${name}\n${screenTable(measured, name)}\n`);
  return {
    summary: [...tables, goalTable(goals)].join('\n'),
    report: report({ contenders: ALL, screens: SCREENS, effort: EFFORT, measured, goals, sized, started }),
    chart: chart(
      measured.filter(({ server }) => ALL.includes(server.contender)),
      SCREENS,
    ),
  };
}
