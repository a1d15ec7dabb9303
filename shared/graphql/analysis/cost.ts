import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Endpoint } from '../../downstream/endpoint.ts';
import { EXTRA_CALLS } from '../../downstream/policies/bisect.ts';
import { CONCURRENT_GETS } from '../../downstream/row-source.ts';
import type { Selection } from '../../downstream/sparse.ts';
import { selectionOf } from '../selection.ts';
import type { Given } from './list-bounds.ts';
import { type LoadSite, loadSitesOf } from './load-sites.ts';

/** What an operation costs at most, before it runs. */
export interface Cost {
  /** Logical downstream calls. */
  readonly calls: number;
  /** Calls that have to wait for each other. */
  readonly waves: number;
  /** How long its calls take where each takes as long as it may, in milliseconds; the deadline may cut it. */
  readonly timeMs: number;
  /** Rows that come back. */
  readonly rows: number;
  /** Requests that the services see, with everything that is tried again, hedged or cut into halves. */
  readonly attempts: number;
  readonly sites: readonly LoadSite[];
  /** The REST properties that it reads, per endpoint; whole rows of those that are not in it. */
  readonly reads: Selection;
}

/** A call that failed is made once more, at the most. */
const TRIES = 2;

/**
 * The worst case of an operation of a validated document. `variables` make it that of this one request. Throws
 * UnboundedListError and UnstatedFieldError.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  options: Given & { readonly timeoutMs?: (endpoint: Endpoint) => number } = {},
): Cost {
  const { sites, waves } = loadSitesOf(schema, document, operation, options);
  return {
    calls: sum(sites.map(({ calls }) => calls)),
    waves,
    timeMs: longest(sites, options.timeoutMs ?? defaultTimeoutMs),
    rows: sum(sites.map(({ rows }) => rows)),
    attempts: sum(sites.map(attemptsOf)),
    sites,
    reads: selectionOf(schema, document, operation),
  };
}

/** SERVICE_TIMEOUT_MS by default. */
const DEFAULT_TIMEOUT_MS = 2_000;

const defaultTimeoutMs = ({ timeoutMs = DEFAULT_TIMEOUT_MS }: Endpoint): number => timeoutMs;

/** The slowest endpoint of each wave, one after the other. Single gets beyond those of one moment wait for their turn. */
function longest(sites: readonly LoadSite[], timeoutMs: (endpoint: Endpoint) => number): number {
  const all = sites.flatMap((site) => site.waves.map((wave) => ({ site, wave })));
  const slowest = Array.from(Map.groupBy(all, ({ wave }) => wave).values(), (wave) => {
    const endpoints = Map.groupBy(wave, ({ site }) => site.endpoint);
    const times = Array.from(endpoints, ([endpoint, of]) => roundsOf(of.map(({ site }) => site)) * timeoutMs(endpoint));
    return Math.max(...times);
  });
  return sum(slowest);
}

/** Single gets of all places of a moment share one queue. */
function roundsOf(sites: readonly LoadSite[]): number {
  const isSingle = sites.some(({ endpoint }) => endpoint.kind === 'batch' && !endpoint.ids.many);
  return isSingle ? Math.ceil(sum(sites.map(({ keys }) => keys)) / CONCURRENT_GETS) : 1;
}

function attemptsOf({ endpoint, calls, keys }: LoadSite): number {
  const isCut = endpoint.kind === 'batch' && endpoint.ids.many && keys > 1;
  return calls * (isCut ? 1 + EXTRA_CALLS : 1) * TRIES * (endpoint.hedge ? 2 : 1);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
