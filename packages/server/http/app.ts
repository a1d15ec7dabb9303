import { fileURLToPath } from 'node:url';
import cors from 'cors';
import express, { type Express, Router } from 'express';
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
import { completeSchema, readSchema } from '../graphql/schema.ts';
import { readManifests, readScreens, type Screen, typenameVariant } from '../graphql/screens.ts';
import { Reserve } from '../request/deadline.ts';
import { DEFAULT_LOCALE } from '../request/locale.ts';
import { callMetrics } from '../telemetry/call-metrics.ts';
import type { Logger } from '../telemetry/log.ts';
import { sampledLog } from '../telemetry/log.ts';
import { MetricsPage } from '../telemetry/metrics-page.ts';
import { OverfetchMeter, overfetchMetrics } from '../telemetry/overfetch-meter.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { countAdHoc } from './documents/ad-hoc-use.ts';
import { registerDocuments } from './documents/registered.ts';
import { withHeaders } from './extensions.ts';
import { createIdentify, credentialOf } from './identity/identify.ts';
import { checkHead } from './input/head.ts';
import type { BffOptions } from './options.ts';
import { countRequests, createAccessLog } from './output/access-log.ts';
import { errorBoundary, noSuchRoute } from './output/error-boundary.ts';
import { securityHeaders, sendAlways } from './output/security-headers.ts';
import { createAdmission } from './overload/admission.ts';
import { ByteBudget } from './overload/byte-budget.ts';
import { watchEventLoop } from './overload/event-loop.ts';
import { ServerLoad } from './overload/server-load.ts';
import { type Paths, pathsOf } from './paths.ts';
import { createPipeline } from './pipeline.ts';
import { beginRequests, traceRequests } from './request-state.ts';
import { healthRoutes, type Readiness } from './routes/health.ts';
import { metricsRoute } from './routes/metrics.ts';
import { sandboxRoutes } from './routes/sandbox.ts';
import { createEstimate } from './sandbox/estimate.ts';
import { createSandbox, type Shown } from './sandbox/sandbox.ts';
import type { Settings } from './settings/settings.ts';
import { lazily, type WarmUp } from './start-up.ts';

/** Most memory of all bodies that are arriving: 160 of the largest. */
const MAX_ARRIVING_BYTES = 16 * 1024 * 1024;

/** Headers of a response that a page on another origin may read. */
const EXPOSED = ['X-Request-Id', 'Server-Timing'];

/** What a process holds beside the app. */
export interface AppParts {
  readonly readiness?: Readiness;
  /** Gets the steps that have to be done before the server is ready. */
  readonly warmUp?: WarmUp;
  readonly waste?: OverfetchMeter;
  readonly metrics?: MetricsPage;
  /** Undefined if tracing is off. */
  readonly tracing?: Tracing | undefined;
  /** Undefined if processes share no cache. */
  readonly sharedCache?: SharedCache | undefined;
  readonly load?: ServerLoad;
}

/**
 * Composes the Express app of a client: what a request passes through, in this order. Throws an InputError if the schema, a resolver, a
 * screen or the budget is wrong.
 */
export function createApp(
  bff: BffOptions,
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
  }: AppParts = {},
): Express {
  const paths = pathsOf(bff.client, bff.paths);
  const { schema, screens, variants, budget } = readClient(bff);
  const rows = rowSource(bff, settings, services, log, metrics, sharedCache);
  const engine = createEngine(schema, rows, log, bff.maxAdHocCalls ?? budget.adHoc.calls, waste);
  for (const { document } of screens) engine.preparation.register(document, { isCompiledNow: true });
  for (const { document } of variants) engine.preparation.register(document, { isCompiledNow: false });
  const registered = registerDocuments(screens, variants);

  const counts = countRequests(schema);
  metrics.add(
    ...counts.requests.collectors,
    ...counts.fields.collectors,
    ...load.metrics,
    ...callMetrics(services),
    ...serviceMetrics(services),
    ...overfetchMetrics(waste),
  );
  const sandbox = settings.sandbox
    ? createSandbox(shownOf(bff, paths, settings, screens, budget), registered, createEstimate(schema, settings))
    : undefined;
  const bodies = { timeoutMs: settings.bodyTimeoutMs, budget: new ByteBudget(MAX_ARRIVING_BYTES), load };
  const identify = createIdentify(settings.identity, bff.identity.header, log);
  const adHoc = lazily(async () => {
    const { startApollo } = await import('./documents/ad-hoc.ts');
    return startApollo(schema, engine, { introspection: settings.introspection, log });
  });

  if (settings.documents !== 'locked') warmUp?.add(adHoc);
  if (settings.metrics) warmUp?.add(() => metrics.read());
  warmUp?.add(async () => identify.loaded);
  // The first formatted amount of a process loads the locale data.
  warmUp?.add(async () => moneyOf(0, 'USD', DEFAULT_LOCALE));
  const watchLag = () => watchEventLoop((lagMs) => load.noteLag(lagMs));
  let lagMs = warmUp ? () => 0 : watchLag();
  // The last step: the delay of the event loop during the start is no reason to reject the first requests.
  warmUp?.add(async () => {
    lagMs = watchLag();
  });

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  sendAlways(app, securityHeaders({ isPublic: !settings.developing }));
  app.use(beginRequests(paths, createAccessLog(log, settings.metrics ? counts : undefined)), checkHead);
  if (settings.allowedOrigins.length > 0) {
    app.use(cors({ origin: [...settings.allowedOrigins], credentials: true, exposedHeaders: EXPOSED, maxAge: 600 }));
  }
  if (tracing) app.use([paths.graphql, paths.screens], traceRequests(tracing));
  app.use(
    createPipeline({
      paths,
      identify,
      admission: createAdmission(settings, () => lagMs(), load),
      bodies,
      requestDeadlineMs: settings.requestDeadlineMs,
      reserve: new Reserve(),
      onRequest: bff.onRequest,
      schema,
      registered,
      documents: settings.documents,
      adHocUse: countAdHoc(log),
      adHoc,
      engine,
      sandbox,
      suggestions: settings.developing,
      passThroughCookies: bff.passThroughCookies ?? [],
    }),
  );
  app.use(healthRoutes(readiness, paths));
  if (settings.metrics && settings.metricsPort === undefined) {
    app.use(metricsRoute(metrics, paths.metrics, settings.metricsReaders));
  }
  if (bff.routes) {
    const router = Router();
    bff.routes(router);
    app.use(router);
  }
  if (sandbox) app.use(sandboxRoutes(sandbox, bodies, settings.metrics ? counts.fields : undefined));
  app.use(noSuchRoute, errorBoundary(log));
  return app;
}

/** The budget of a client without a directory. */
const NO_BUDGET: Budget = { screens: {}, adHoc: { calls: 60 } };

/** Reads a client's schema and documents. */
function readClient(bff: BffOptions) {
  const schema = schemaOf(bff);
  const inDirectory = (path: string) => bff.directory && fileURLToPath(new URL(path, bff.directory));
  const screensDirectory = inDirectory('screens');
  const screens = screensDirectory === undefined ? [] : readScreens(screensDirectory, schema);
  const manifests = bff.manifests ?? inDirectory('documents');
  const variants = [
    ...screens.map(typenameVariant),
    ...(manifests === undefined ? [] : readManifests(manifests, schema)),
  ];
  const budgetFile = inDirectory('budget.json');
  return { schema, screens, variants, budget: budgetFile === undefined ? NO_BUDGET : readBudget(budgetFile) };
}

function schemaOf({ client, directory, schema: given, resolvers, scalars = {} }: BffOptions): GraphQLSchema {
  const file = given ?? (directory && new URL(`../../schemas/${client}.graphql`, directory));
  if (!file) throw new InputError(`${client}: defineBff needs a schema or a directory.`);
  const implementations = { ...resolvers, ...scalars };
  return typeof file === 'string'
    ? completeSchema(file, implementations, `schema of ${client}`)
    : readSchema(fileURLToPath(file), implementations);
}

/** What the sandbox shows of a client. */
function shownOf(
  { client, services, identity: { header, exampleId, examples: identities }, examples = {} }: BffOptions,
  { graphql, screens: screensPath }: Paths,
  { requestDeadlineMs, metrics, identity }: Settings,
  screens: readonly Screen[],
  budget: Budget,
): Shown {
  return {
    client,
    paths: { graphql: `.${graphql}`, screens: `.${screensPath}` },
    identityHeader: credentialOf(identity, header),
    // There are no examples of tokens.
    ...(identity.by === 'jwt'
      ? { exampleId: '', identities: [] }
      : { exampleId, identities: identities ?? [{ id: exampleId, name: exampleId }] }),
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
  { headersFor, policies }: BffOptions,
  { entityCacheBytes, requestDeadlineMs }: Settings,
  services: Services,
  log: Logger,
  metrics: MetricsPage,
  sharedCache: SharedCache | undefined,
): RowSource {
  const tell = sampledLog(log, 'an array in rows was truncated to maxItems of the OpenAPI document');
  const fetcher = createFetcher(services, ({ maxItems, ...array }) => tell(array, { maxItems }), policies);
  const fetch = withHeaders(fetcher, headersFor);
  if (entityCacheBytes === 0) return rowsOf(fetch);
  const cache = new EntityCache(entityCacheBytes, sharedCache);
  metrics.add(...cacheMetrics(cache), ...(sharedCache ? sharedCacheMetrics(sharedCache) : []));
  return cachedRows({ cache, fetch, refresh: createRefresh(requestDeadlineMs, log) });
}
