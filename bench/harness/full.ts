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
import { type Effort, measure } from './measure.ts';
import { prepare } from './race.ts';
import { report } from './report.ts';
import { SCREENS } from './screens.ts';
import { measureSizes } from './sizes.ts';
import { measureStarts } from './start.ts';
import { goalTable, screenTable } from './tables.ts';

const EFFORT: Effort = { warmUpMs: 10_000, rounds: 48, roundMs: 160 };
const STARTS = 5;
const SIZED = new Set([HAND_WRITTEN, FACET_ON, FACET_OFF, MERCURIUS, APOLLO]);

/** Everything: both screens, sizes, starts. */
export async function full(cores: Cores) {
  const { servers, upstream } = await prepare(
    cores,
    [...ALL, FACET_AS_IT_COMES, FACET_SILENT],
    (contender, { name }) => name === 'Dashboard' || ALL.includes(contender),
  );
  const measured = await measure(servers, upstream, EFFORT);
  const dashboards = servers.filter(({ screen, contender }) => screen.name === 'Dashboard' && SIZED.has(contender));
  const sized = await measureSizes(dashboards, upstream);
  await Promise.all(servers.map((server) => server.stop()));
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
