import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { CONCURRENT_GETS } from '../../downstream/batching/row-source.ts';
import type { Endpoint } from '../../downstream/endpoint.ts';
import { EXTRA_CALLS } from '../../downstream/policies/bisect.ts';
import type { Selection } from '../../downstream/sparse.ts';
import { casesOf } from './conditions.ts';
import type { Given } from './list-bounds.ts';
import { type LoadSite, loadSitesOf } from './load-sites.ts';
import { selectionOf } from './selection.ts';

/** The maximum cost of an operation, known before it runs. */
export interface Cost {
  /** Logical downstream calls. */
  readonly calls: number;
  /** Calls that wait for each other. */
  readonly waves: number;
  /** Milliseconds if each call takes its whole timeout; the request's deadline may be shorter. */
  readonly timeMs: number;
  /** Rows in the responses of services. */
  readonly rows: number;
  /** Requests that the services receive, including retries, hedges and split batches. */
  readonly attempts: number;
  readonly sites: readonly LoadSite[];
  /** The REST properties that the operation reads, by endpoint. An endpoint that is missing sends whole rows. */
  readonly reads: Selection;
}

/** A failed call is retried at most once. */
const TRIES = 2;

/**
 * The worst case of an operation of a validated document, for any variables or for these `variables`. Throws UnboundedListError and
 * UnstatedFieldError.
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
  const max = (figureOf: (sites: readonly LoadSite[]) => number) => Math.max(...sitesOfCases.map(figureOf));
  return {
    calls: max((some) => totalOf(some, ({ calls }) => calls)),
    waves: max((some) => longest(some, () => 1)),
    timeMs: max((some) => longest(some, options.timeoutMs ?? defaultTimeoutMs)),
    rows: max((some) => totalOf(some, ({ rows }) => rows)),
    attempts: max((some) => totalOf(some, attemptsOf)),
    sites,
    reads: selectionOf(schema, document, operation),
  };
}

/** The default of SERVICE_TIMEOUT_MS. */
const DEFAULT_TIMEOUT_MS = 2_000;

const defaultTimeoutMs = ({ timeoutMs = DEFAULT_TIMEOUT_MS }: Endpoint): number => timeoutMs;

/** The sum of a figure over all sites. Of alternatives, only the most expensive one counts. */
function totalOf(sites: readonly LoadSite[], figureOf: (site: LoadSite) => number, depth = 0): number {
  const { own = [], inside = [] } = Object.groupBy(sites, ({ scope }) => (scope.length > depth ? 'inside' : 'own'));
  const choices = Map.groupBy(inside, ({ scope }) => scope[depth]);
  const maxOf = (choice: readonly LoadSite[]): number => {
    const options = Map.groupBy(choice, ({ scope }) => scope[depth + 1]);
    return Math.max(...Array.from(options.values(), (option) => totalOf(option, figureOf, depth + 2)));
  };
  return sum(own.map(figureOf)) + sum(Array.from(choices.values(), maxOf));
}

/**
 * The duration of calls that wait for each other, if a call of an endpoint takes `lengthOf` it. The longest call of each wave counts.
 * Single GETs beyond the concurrency limit wait, which divides a wave into rounds.
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
  // If all keys of an endpoint arrive in one wave, that wave has all rounds and each other wave has one.
  const rounds = (endpoint: Endpoint) =>
    singles.has(endpoint) ? Math.max(1, Math.ceil(keysOf(endpoint) / CONCURRENT_GETS)) : 1;
  const inEachWave = sumOfWaves((endpoint) => rounds(endpoint) * lengthOf(endpoint));
  const inOneWave =
    sumOfWaves(lengthOf) + sum(Array.from(singles.keys(), (endpoint) => (rounds(endpoint) - 1) * lengthOf(endpoint)));
  return Math.min(inEachWave, inOneWave);
}

const isSingleGet = ({ endpoint }: LoadSite): boolean => endpoint.kind === 'batch' && !endpoint.ids.many;

function attemptsOf({ endpoint, calls, keys }: LoadSite): number {
  const isSplit = endpoint.kind === 'batch' && endpoint.ids.many && keys > 1;
  return calls * (isSplit ? 1 + EXTRA_CALLS : 1) * TRIES * (endpoint.hedge ? 2 : 1);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
