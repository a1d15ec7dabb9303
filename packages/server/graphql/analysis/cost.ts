import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Endpoint } from '../../downstream/endpoint.ts';
import { EXTRA_CALLS } from '../../downstream/policies/bisect.ts';
import { CONCURRENT_GETS } from '../../downstream/row-source.ts';
import type { Selection } from '../../downstream/sparse.ts';
import { selectionOf } from '../selection.ts';
import { sum, totalOf } from './alternatives.ts';
import { casesOf } from './conditions.ts';
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
  const sites = loadSitesOf(schema, document, operation, options);
  const cases = casesOf(document, operation, options);
  const sitesOfCases =
    cases.length === 1
      ? [sites]
      : cases.map((conditions) => loadSitesOf(schema, document, operation, { ...options, conditions }));
  const most = (figureOf: (sites: readonly LoadSite[]) => number) => Math.max(...sitesOfCases.map(figureOf));
  return {
    calls: most((some) => totalOf(some, ({ calls }) => calls)),
    waves: most((some) => longest(some, () => 1)),
    timeMs: most((some) => longest(some, options.timeoutMs ?? defaultTimeoutMs)),
    rows: most((some) => totalOf(some, ({ rows }) => rows)),
    attempts: most((some) => totalOf(some, attemptsOf)),
    sites,
    reads: selectionOf(schema, document, operation),
  };
}

/** SERVICE_TIMEOUT_MS by default. */
const DEFAULT_TIMEOUT_MS = 2_000;

const defaultTimeoutMs = ({ timeoutMs = DEFAULT_TIMEOUT_MS }: Endpoint): number => timeoutMs;

/**
 * How long calls that wait for each other take together, where one of an endpoint takes `lengthOf` it. In each wave the
 * longest counts. Single gets beyond those of one moment wait for their turn, which makes rounds of them.
 */
function longest(sites: readonly LoadSite[], lengthOf: (endpoint: Endpoint) => number): number {
  const singles = Map.groupBy(sites.filter(isSingleGet), ({ endpoint }): Endpoint => endpoint);
  const keysOf = (endpoint: Endpoint) => sum((singles.get(endpoint) ?? []).map(({ keys }) => keys));
  const all = sites.flatMap(({ endpoint, waves }) => waves.map((wave) => ({ endpoint, wave })));
  const sumOfWaves = (ofEndpoint: (endpoint: Endpoint) => number) =>
    sum(
      Array.from(Map.groupBy(all, ({ wave }) => wave).values(), (wave) =>
        Math.max(...wave.map(({ endpoint }) => ofEndpoint(endpoint))),
      ),
    );
  // All keys of an endpoint may come in one wave: then it takes all rounds in that one, and one in each of the others.
  const rounds = (endpoint: Endpoint) =>
    singles.has(endpoint) ? Math.max(1, Math.ceil(keysOf(endpoint) / CONCURRENT_GETS)) : 1;
  const inEachWave = sumOfWaves((endpoint) => rounds(endpoint) * lengthOf(endpoint));
  const inOneWave =
    sumOfWaves(lengthOf) + sum(Array.from(singles.keys(), (endpoint) => (rounds(endpoint) - 1) * lengthOf(endpoint)));
  return Math.min(inEachWave, inOneWave);
}

const isSingleGet = ({ endpoint }: LoadSite): boolean => endpoint.kind === 'batch' && !endpoint.ids.many;

function attemptsOf({ endpoint, calls, keys }: LoadSite): number {
  const isCut = endpoint.kind === 'batch' && endpoint.ids.many && keys > 1;
  return calls * (isCut ? 1 + EXTRA_CALLS : 1) * TRIES * (endpoint.hedge ? 2 : 1);
}
