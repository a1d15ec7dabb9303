import { fileURLToPath } from 'node:url';
import cors from 'cors';
import express, { type Express } from 'express';
import type { GraphQLSchema } from 'graphql';
import { InputError } from '../command/input-error.ts';
import { type RowSource, rowsOf } from '../downstream/batching/row-source.ts';
import { cachedRows } from '../downstream/cache/cached-rows.ts';
import { EntityCache } from '../downstream/cache/entity-cache.ts';
import { createRefresh } from '../downstream/cache/refresh.ts';
import { sharedCacheMetrics } from '../downstream/cache/shared-cache/metrics.ts';
import type { SharedCache } from '../downstream/cache/shared-cache/shared-cache.ts';
import { createFetcher } from '../downstream/fetcher.ts';
import { cacheMetrics, serviceMetrics } from '../downstream/metrics.ts';
import type { Services } from '../downstream/services.ts';
import { type Budget, readBudget } from '../graphql/budget.ts';
import { createEngine } from '../graphql/execute.ts';
import { moneyOf } from '../graphql/fields/money.ts';
import { completeSchema, type ResolverMap, readSchema } from '../graphql/schema.ts';
import { readManifests, readScreens, type Screen, typenameVariant } from '../graphql/screens.ts';
import { Reserve } from '../request/deadline.ts';
import type { IdentityHeader } from '../request/identity.ts';
import { DEFAULT_LOCALE } from '../request/locale.ts';
import { callMetrics } from '../telemetry/call-metrics.ts';
import type { Logger } from '../telemetry/log.ts';
import { sampledLog } from '../telemetry/log.ts';
import { MetricsPage } from '../telemetry/metrics-page.ts';
import { OverfetchMeter, overfetchMetrics } from '../telemetry/overfetch-meter.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { accessLog } from './access-log.ts';
import { countAdHoc } from './ad-hoc.ts';
import { ByteBudget } from './byte-budget.ts';
import { checkHead } from './checks.ts';
import { errorBoundary, noSuchRoute } from './error-boundary.ts';
import { watchEventLoop } from './event-loop-lag.ts';
import { fieldUsageRoute } from './field-usage-route.ts';
import { graphqlRoute } from './graphql-route.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { createIdentify, credentialOf } from './identity/by-settings.ts';
import { lazily } from './lazily.ts';
import { countRequests } from './metrics.ts';
import { metricsRoute } from './metrics-route.ts';
import { createRegistry } from './registry.ts';
import { createEstimate } from './sandbox/estimate.ts';
import type { ExampleIdentity } from './sandbox/protocol.ts';
import { createSandbox, type Shown } from './sandbox/sandbox.ts';
import { sandboxRoutes } from './sandbox.ts';
import { screensRoute } from './screens-route.ts';
import { securityHeaders, sendAlways } from './security-headers.ts';
import { ServerLoad } from './server-load.ts';
import type { Defaults, Settings } from './settings.ts';
import { shedLoad } from './shed-load.ts';
import { traceRequests } from './traced.ts';
import type { WarmUp } from './warm-up.ts';

/** A client's backend: all that its folder says of it. */
export interface Bff extends Defaults {
  /** Its name: of its directory, its schema file, and in every log line. */
  readonly client: string;
  /**
   * Its directory, usually `new URL('./', import.meta.url)`: with screens/, budget.json and documents/. Without one, it has no screens, and
   * an operation makes at most 60 calls.
   */
  readonly directory?: URL;
  /** Its schema, as a file or as SDL; by default the file `../../schemas/CLIENT.graphql` from the directory. */
  readonly schema?: URL | string;
  readonly identityHeader: IdentityHeader;
  /** An identity that the services know, for the sandbox. */
  readonly exampleId: string;
  /** More of them, and by name, for the sandbox to choose from; exampleId alone by default. */
  readonly exampleIdentities?: readonly ExampleIdentity[];
  /** Variables with which its screens show something of the reference data, by the screen's name. */
  readonly examples: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resolvers: ResolverMap;
  /** Directory of the manifests that the client's own tools write; `documents/` by default. */
  readonly manifests?: string;
  /** Most calls of an operation that is not registered, in place of what its budget says. */
  readonly maxAdHocCalls?: number;
  /** Names of the services' cookies that are set at this client too; none else is. */
  readonly passedOnCookies?: readonly string[];
}

/** Most memory of all bodies that are arriving: 160 of the largest. */
const MAX_ARRIVING_BYTES = 16 * 1024 * 1024;

/** What whoever runs a client's server has beside it. */
interface Parts {
  readonly readiness?: Readiness;
  /** Gets what has to be done before the server is ready. */
  readonly warmUp?: WarmUp;
  readonly waste?: OverfetchMeter;
  readonly metrics?: MetricsPage;
  /** Undefined where there are to be no traces. */
  readonly tracing?: Tracing | undefined;
  /** Undefined where each process keeps its own rows alone. */
  readonly sharedCache?: SharedCache | undefined;
  readonly load?: ServerLoad;
}

/** Defines the server of a client. */
export function defineBff(bff: Bff): Bff {
  return bff;
}

/** Puts a client's server together, ready to be listened with. Throws where its schema or a screen is wrong. */
export function createApp(
  bff: Bff,
  settings: Settings,
  services: Services,
  log: Logger,
  {
    readiness = { state: 'ready' },
    warmUp,
    waste = new OverfetchMeter(settings.measureEvery),
    metrics = new MetricsPage(),
    tracing,
    sharedCache,
    load = new ServerLoad(),
  }: Parts = {},
): Express {
  const schema = schemaOf(bff);
  const inDirectory = (path: string) => bff.directory && fileURLToPath(new URL(path, bff.directory));
  const screensFolder = inDirectory('screens');
  const screens = screensFolder === undefined ? [] : readScreens(screensFolder, schema);
  const budgetFile = inDirectory('budget.json');
  const budget = budgetFile === undefined ? NO_BUDGET : readBudget(budgetFile);
  const maxCalls = bff.maxAdHocCalls ?? budget.adHoc.calls;
  const engine = createEngine(schema, rowSource(settings, services, log, metrics, sharedCache), log, maxCalls, waste);
  const manifests = bff.manifests ?? inDirectory('documents');
  const others = [
    ...screens.map(typenameVariant),
    ...(manifests === undefined ? [] : readManifests(manifests, schema)),
  ];
  for (const { document } of screens) engine.preparation.register(document, { isCompiledNow: true });
  for (const { document } of others) engine.preparation.register(document, { isCompiledNow: false });

  const counts = countRequests(schema);
  metrics.add(
    ...counts.requests.collectors,
    ...counts.fields.collectors,
    ...load.metrics,
    ...callMetrics(services),
    ...serviceMetrics(services),
    ...overfetchMetrics(waste),
  );

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  sendAlways(app, securityHeaders({ isPublic: !settings.developing }));
  app.use(accessLog(log, settings.metrics ? counts : undefined), checkHead);
  if (settings.allowedOrigins.length > 0) {
    app.use(cors({ origin: [...settings.allowedOrigins], credentials: true, exposedHeaders: EXPOSED, maxAge: 600 }));
  }
  if (tracing) app.use(['/graphql', '/screens'], traceRequests(tracing));
  const registry = createRegistry(screens, others);
  const sandbox = settings.sandbox
    ? createSandbox(shownOf(bff, settings, screens, budget), registry, createEstimate(schema, settings))
    : undefined;
  const bodies = { timeoutMs: settings.bodyTimeoutMs, budget: new ByteBudget(MAX_ARRIVING_BYTES), load };
  const adHoc = lazily(async () => {
    const { startApollo } = await import('./apollo.ts');
    return startApollo(schema, engine, { introspection: settings.introspection, log });
  });
  const identify = createIdentify(settings.identity, bff.identityHeader, log);
  if (settings.documents !== 'locked') warmUp?.add(adHoc);
  if (settings.metrics) warmUp?.add(() => metrics.read());
  warmUp?.add(async () => identify.loaded);
  // The first format of a process loads the locales' data.
  warmUp?.add(async () => moneyOf(0, 'USD', DEFAULT_LOCALE));
  const watchLag = () => watchEventLoop((lagMs) => load.noteLag(lagMs));
  let lagMs = warmUp ? () => 0 : watchLag();
  // Last: how late the event loop was while the server loaded is no reason to refuse its first requests.
  warmUp?.add(async () => {
    lagMs = watchLag();
  });
  const doors = {
    engine,
    adHoc,
    registry,
    sandbox,
    schema,
    documents: settings.documents,
    adHocUse: countAdHoc(log),
    suggestions: settings.developing,
    shedding: shedLoad(settings, () => lagMs(), load),
    bodies,
    identify,
    passedOnCookies: bff.passedOnCookies ?? [],
    requestDeadlineMs: settings.requestDeadlineMs,
    reserve: new Reserve(),
  };
  app.use(graphqlRoute(doors), screensRoute(doors), healthRoutes(readiness));
  if (settings.metrics && settings.metricsPort === undefined) app.use(metricsRoute(metrics, settings.metricsReaders));
  if (sandbox) app.use(sandboxRoutes(sandbox, bodies));
  if (sandbox && settings.metrics) app.use(fieldUsageRoute(counts.fields));
  app.use(noSuchRoute, errorBoundary(log));
  return app;
}

/** Of a client without a directory. */
const NO_BUDGET: Budget = { screens: {}, adHoc: { calls: 60 } };

function schemaOf({ client, directory, schema, resolvers }: Bff): GraphQLSchema {
  if (typeof schema === 'string') return completeSchema(schema, resolvers, `schema of ${client}`);
  const file = schema ?? (directory && new URL(`../../schemas/${client}.graphql`, directory));
  if (!file) throw new InputError(`The client ${client} has neither a schema nor a directory.`);
  return readSchema(fileURLToPath(file), resolvers);
}

/** What the sandbox shows of a client. */
function shownOf(
  { client, services, identityHeader, exampleId, exampleIdentities, examples }: Bff,
  { requestDeadlineMs, metrics, identity }: Settings,
  screens: readonly Screen[],
  budget: Budget,
): Shown {
  const identities = exampleIdentities ?? [{ id: exampleId, name: exampleId }];
  return {
    client,
    identityHeader: credentialOf(identity, identityHeader),
    // Of a token nobody has an example.
    ...(identity.by === 'jwt' ? { exampleId: '', identities: [] } : { exampleId, identities }),
    services: Object.keys(services),
    deadlineMs: requestDeadlineMs,
    adHocCalls: budget.adHoc.calls,
    countsFields: metrics,
    screens: screens.map(({ name, text }) => ({
      name,
      text,
      variables: Object.hasOwn(examples, name) ? (examples[name] ?? {}) : {},
      budget: Object.hasOwn(budget.screens, name) ? budget.screens[name] : undefined,
    })),
  };
}

function rowSource(
  { entityCacheBytes, requestDeadlineMs }: Settings,
  services: Services,
  log: Logger,
  metrics: MetricsPage,
  sharedCache: SharedCache | undefined,
): RowSource {
  const tell = sampledLog(log, 'an array in rows was truncated to maxItems of the OpenAPI document');
  const fetch = createFetcher(services, ({ maxItems, ...array }) => tell(array, { maxItems }));
  if (entityCacheBytes === 0) return rowsOf(fetch);
  const cache = new EntityCache(entityCacheBytes, sharedCache);
  metrics.add(...cacheMetrics(cache), ...(sharedCache ? sharedCacheMetrics(sharedCache) : []));
  return cachedRows({ cache, fetch, refresh: createRefresh(requestDeadlineMs, log) });
}

/** Headers of an answer that a page on another origin may read. */
const EXPOSED = ['X-Request-Id', 'Server-Timing'];
