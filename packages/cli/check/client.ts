import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import { type Cost, costOf } from '@facet/server/internal/graphql/analysis/cost.ts';
import { UnboundedListError } from '@facet/server/internal/graphql/analysis/list-bounds.ts';
import { UnstatedFieldError } from '@facet/server/internal/graphql/analysis/load-sites.ts';
import { type Budget, breachesOf, readBudget } from '@facet/server/internal/graphql/budget.ts';
import { readSchema } from '@facet/server/internal/graphql/schema.ts';
import { readManifests, readScreens, type Screen } from '@facet/server/internal/graphql/screens.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { type EndpointUse, type ScreenUse, usedShare } from '@facet/server/internal/telemetry/overfetch-meter.ts';
import { type GraphQLSchema, getOperationAST } from 'graphql';
import { ROOT } from '../project.ts';
import { table } from '../table.ts';
import type { Measured, Measuring } from './measured.ts';

/** REQUEST_DEADLINE_MS by default. */
const DEADLINE_MS = 3_000;

export interface Checked {
  /** Costs of the screens, in Markdown. */
  readonly report: string;
  /** Exceeded budgets and screens whose cost is unknown. */
  readonly problems: readonly string[];
}

/** Computes the worst-case cost of a client's screens, and measures them if `measuring` is given. `root` is the project root. */
export async function checkClient(
  client: string,
  { root = ROOT, measuring }: { readonly root?: string; readonly measuring?: Measuring | undefined } = {},
): Promise<Checked> {
  const { bff }: { bff: Bff } = await import(`${root}bffs/${client}/bff.ts`);
  try {
    const budget = readBudget(`${root}bffs/${client}/budget.json`);
    const schema = readSchema(`${root}schemas/${client}.graphql`, bff.resolvers);
    const { costs, unknown, problems } = costsOf(client, schema, root);
    problems.push(...problemsOfManifests(bff, schema, budget, root));
    const measured = await measuring?.measure(bff, [...costs.keys()]);
    return {
      report: reportOf(client, costs, budget, measured?.screens),
      problems: [...problems, ...breachesOf(budget, costs, unknown), ...(measured?.problems ?? [])],
    };
  } catch (error) {
    if (error instanceof InputError) {
      return { report: `## ${client}`, problems: [error.message] };
    }
    throw error;
  }
}

/** The worst-case cost of each screen of a client, and the screens whose cost is unknown with the reasons. Throws a ScreensError. */
export function costsOf(client: string, schema: GraphQLSchema, root = ROOT) {
  const screens = readScreens(`${root}bffs/${client}/screens`, schema);
  const costs = new Map<string, Cost>();
  const unknown: string[] = [];
  const problems: string[] = [];
  for (const screen of screens) {
    const cost = costIn(schema, screen);
    if (typeof cost !== 'string') costs.set(screen.name, cost);
    else {
      unknown.push(screen.name);
      problems.push(cost);
    }
  }
  return { costs, unknown, problems };
}

/** The worst-case cost of a document, or the reason why it is unknown. */
function costIn(schema: GraphQLSchema, { name, document }: Screen): Cost | string {
  const operation = getOperationAST(document);
  if (!operation) return `${name}: the document must have exactly one operation.`;
  try {
    return costOf(schema, document, operation);
  } catch (error) {
    if (!(error instanceof UnboundedListError || error instanceof UnstatedFieldError)) throw error;
    return `${name}: ${error.message}`;
  }
}

/** Documents in operation manifests run without the cost limit for ad-hoc operations, so their cost is checked here. */
function problemsOfManifests(
  { client, manifests }: Bff,
  schema: GraphQLSchema,
  budget: Budget,
  root: string,
): string[] {
  return readManifests(manifests ?? `${root}bffs/${client}/documents`, schema).flatMap((document) => {
    const cost = costIn(schema, document);
    if (typeof cost === 'string') return [cost];
    const allowed = Object.hasOwn(budget.screens, document.name) ? budget.screens[document.name] : undefined;
    const most = allowed?.calls ?? budget.adHoc.calls;
    if (cost.calls <= most) return [];
    return [`${document.name} (${document.id}) can make ${cost.calls} calls; ${most} are allowed.`];
  });
}

const HEAD = ['screen', 'calls', 'waves', 'longest', 'rows', 'attempts', 'budget'];
const READS_HEAD = ['screen', 'reads of', 'properties'];

function reportOf(
  client: string,
  costs: ReadonlyMap<string, Cost>,
  { screens, adHoc }: Budget,
  measured: Measured['screens'] | undefined,
): string {
  const rows = Array.from(costs, ([name, cost]) => [
    name,
    String(cost.calls),
    String(cost.waves),
    timeOf(cost),
    String(cost.rows),
    String(cost.attempts),
    budgetOf(screens[name]),
    ...(measured ? screenCells(measured.get(name)) : []),
  ]);
  const reads = [...costs].flatMap(([name, cost]) =>
    endpointsOf(cost).map((endpoint) => [
      name,
      `${endpoint.service} ${endpoint.name}`,
      cost.reads.get(endpoint)?.join(', ') ?? 'all',
      ...(measured ? endpointCells(measured.get(name), endpoint) : []),
    ]),
  );
  return [
    `## ${client}`,
    `Ad-hoc operations: at most ${adHoc.calls} calls.`,
    table([...HEAD, ...(measured ? SCREEN_HEAD : [])], rows),
    table([...READS_HEAD, ...(measured ? ENDPOINT_HEAD : [])], reads),
  ].join('\n\n');
}

function timeOf({ timeMs }: Cost): string {
  return timeMs > DEADLINE_MS ? `${timeMs} ms, cut at ${DEADLINE_MS}` : `${timeMs} ms`;
}

function budgetOf(allowed: Budget['screens'][string] | undefined): string {
  return allowed ? `${allowed.calls} calls, ${allowed.waves} waves, ${allowed.rows} rows` : 'none';
}

const endpointsOf = ({ sites }: Cost) => [...new Set(sites.map(({ endpoint }) => endpoint))];

/** Columns of measured figures in the table of screens. */
export const SCREEN_HEAD = ['calls made', 'body bytes', 'property bytes', 'used', 'share'];

export function screenCells(screen: ScreenUse | undefined): string[] {
  const { endpoints = [] } = screen ?? {};
  return [total(endpoints, 'calls'), total(endpoints, 'bodyBytes'), ...shareCells(endpoints)];
}

/** Columns of measured figures in the table of endpoints. */
export const ENDPOINT_HEAD = ['property bytes', 'used', 'share', 'unread properties, bytes'];

export function endpointCells(screen: ScreenUse | undefined, { service, name }: Endpoint): string[] {
  const uses = screen?.endpoints.filter((use) => use.service === service && use.endpoint === name) ?? [];
  const unread = uses.flatMap((use) => [...use.unread]).toSorted(([, one], [, other]) => other - one);
  return [...shareCells(uses), unread.map(([path, bytes]) => `${path} ${bytes}`).join(', ')];
}

function shareCells(uses: readonly EndpointUse[]): string[] {
  const share = usedShare(uses);
  return [
    total(uses, 'fetchedBytes'),
    total(uses, 'usedBytes'),
    share === undefined ? 'unknown' : `${Math.round(share * 100)}%`,
  ];
}

function total(uses: readonly EndpointUse[], figure: 'calls' | 'bodyBytes' | 'fetchedBytes' | 'usedBytes'): string {
  return String(uses.reduce((sum, use) => sum + use[figure], 0));
}
