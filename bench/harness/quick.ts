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
import { type Effort, measure } from './measure.ts';
import { prepare } from './race.ts';
import { SCREENS } from './screens.ts';
import { measureStarts } from './start.ts';
import { goalTable, screenTable } from './tables.ts';

const EFFORT: Effort = { warmUpMs: 1_500, rounds: 12, roundMs: 100 };
const STARTS = 2;
const STARTED = [APOLLO, FACET_ON, BARE_EXPRESS];

/** The figures to reach, measured only as long as it takes to see them. */
export async function quick(cores: Cores): Promise<string> {
  const contenders = [HAND_WRITTEN, FACET_ON, FACET_OFF, MERCURIUS, APOLLO, CLASSIC, FACET_AS_IT_COMES, FACET_SILENT];
  const onDashboardOnly = new Set([APOLLO, CLASSIC, FACET_AS_IT_COMES, FACET_SILENT]);
  const { servers, upstream } = await prepare(
    cores,
    contenders,
    (contender, { name }) => name === 'Dashboard' || !onDashboardOnly.has(contender),
  );
  const measured = await measure(servers, upstream, EFFORT);
  const started = await measureStarts(cores.server, STARTED, SCREENS, upstream.url, STARTS);
  const tables = SCREENS.map(({ name }) => `${name}\n${screenTable(measured, name)}\n`);
  return [...tables, goalTable(goalsOf(measured, started))].join('\n');
}
