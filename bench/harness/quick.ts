import {
  APOLLO,
  BARE_EXPRESS,
  CLASSIC,
  FACET_AS_IT_COMES,
  FACET_OFF,
  FACET_ON,
  FACET_SILENT,
  HAND_WRITTEN,
  MERCURIUS,
} from './contenders.ts';
import { goalsOf } from './goals.ts';
import type { Cores } from './machine.ts';
import { type Effort, type Measured, measure } from './measure.ts';
import { prepareUpstream, startServers, stopServers } from './race.ts';
import { SCREENS } from './screens.ts';
import { measureStarts } from './start.ts';
import { goalTable, screenTable } from './tables.ts';

const EFFORT: Effort = { warmUpMs: 1_500, rounds: 8, roundMs: 150 };
const STARTS = 2;
const ON_BOTH = [HAND_WRITTEN, FACET_ON, FACET_OFF, MERCURIUS];
const ON_DASHBOARD = [APOLLO, CLASSIC, FACET_AS_IT_COMES, FACET_SILENT];
const STARTED = [APOLLO, FACET_ON, BARE_EXPRESS];

/** The figures to reach, measured only as long as it takes to see them. */
export async function quick(cores: Cores): Promise<string> {
  const upstream = await prepareUpstream(cores);
  const measured: Measured[] = [];
  for (const screen of SCREENS) {
    const contenders = screen.name === 'Dashboard' ? [...ON_BOTH, ...ON_DASHBOARD] : ON_BOTH;
    const servers = await startServers(cores, contenders, screen, upstream);
    measured.push(...(await measure(servers, upstream, EFFORT)));
    await stopServers(servers);
  }
  const started = await measureStarts(cores.server, STARTED, SCREENS, upstream.url, STARTS);
  const tables = SCREENS.map(({ name }) => `${name}\n${screenTable(measured, name)}\n`);
  return [...tables, goalTable(goalsOf(measured, started))].join('\n');
}
