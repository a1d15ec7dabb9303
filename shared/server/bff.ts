import { fileURLToPath } from 'node:url';
import cors from 'cors';
import express, { type Express } from 'express';
import { cachedRows } from '../downstream/cached-rows.ts';
import { EntityCache } from '../downstream/entity-cache.ts';
import { createFetcher } from '../downstream/fetcher.ts';
import { cacheFamilies, loadFamilies } from '../downstream/load-families.ts';
import { createRefresh } from '../downstream/refresh.ts';
import { type RowSource, rowsOf } from '../downstream/row-source.ts';
import { SERVICES, type Services } from '../downstream/services.ts';
import { sharedCacheFamilies } from '../downstream/shared-cache/families.ts';
import type { SharedCache } from '../downstream/shared-cache/shared-cache.ts';
import { type Budget, readBudget } from '../graphql/budget.ts';
import { createEngine } from '../graphql/execute.ts';
import { moneyOf } from '../graphql/money.ts';
import { type ResolverMap, readSchema } from '../graphql/schema.ts';
import { readManifests, readScreens, type Screen, typenameVariant } from '../graphql/screens.ts';
import { Reserve } from '../request/deadline.ts';
import type { IdentityHeader } from '../request/identity.ts';
import { DEFAULT_LOCALE } from '../request/locale.ts';
import { callFamilies } from '../telemetry/call-metrics.ts';
import type { Logger } from '../telemetry/log.ts';
import { MetricsPage } from '../telemetry/metrics-page.ts';
import { sampledLog } from '../telemetry/sampled-log.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { WasteMeter } from '../telemetry/waste-meter.ts';
import { wasteFamilies } from '../telemetry/waste-metrics.ts';
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
import { watchRequests } from './watch-requests.ts';

/** A client's backend: all that its folder says of it. */
export interface Bff extends Defaults {
  /** Its name: of its folder, its schema file, and in every log line. */
  readonly client: string;
  readonly identityHeader: IdentityHeader;
  /** An identity that the reference data has, for the sandbox. */
  readonly exampleId: string;
  /** More of them, and by name, for the sandbox to choose from; exampleId alone by default. */
  readonly exampleIdentities?: readonly ExampleIdentity[];
  /** Variables with which its screens show something of the reference data, by the screen's name. */
  readonly examples: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resolvers: ResolverMap;
  /** Folder of the manifests that the client's own tools write; bffs/CLIENT/documents by default. */
  readonly manifests?: string;
  /** Most calls of an operation that is not registered, in place of what its budget says. */
  readonly maxAdHocCalls?: number;
  /** Names of the services' cookies that are set at this client too; none else is. */
  readonly passedOnCookies?: readonly string[];
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Most memory of all bodies that are arriving: 160 of the largest. */
const MAX_ARRIVING_BYTES = 16 * 1024 * 1024;

/** What whoever runs a client's server has beside it. */
interface Parts {
  readonly readiness?: Readiness;
  /** Gets what has to be done before the server is ready. */
  readonly warmUp?: WarmUp;
  readonly waste?: WasteMeter;
  readonly metrics?: MetricsPage;
  /** Undefined where there are to be no traces. */
  readonly tracing?: Tracing | undefined;
  /** Undefined where each process keeps its own rows alone. */
  readonly sharedCache?: SharedCache | undefined;
  readonly load?: ServerLoad;
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
    waste = new WasteMeter(settings.measureEvery),
    metrics = new MetricsPage(),
    tracing,
    sharedCache,
    load = new ServerLoad(),
  }: Parts = {},
): Express {
  const schema = readSchema(`${ROOT}schemas/${bff.client}.graphql`, bff.resolvers);
  const screens = readScreens(`${ROOT}bffs/${bff.client}/screens`, schema);
  const budget = readBudget(`${ROOT}bffs/${bff.client}/budget.json`);
  const maxCalls = bff.maxAdHocCalls ?? budget.adHoc.calls;
  const engine = createEngine(schema, rowSource(settings, services, log, metrics, sharedCache), log, maxCalls, waste);
  const manifests = bff.manifests ?? `${ROOT}bffs/${bff.client}/documents`;
  const others = [...screens.map(typenameVariant), ...readManifests(manifests, schema)];
  for (const { document } of screens) engine.preparation.register(document, { isCompiledNow: true });
  for (const { document } of others) engine.preparation.register(document, { isCompiledNow: false });

  const counts = countRequests(schema);
  metrics.add(
    ...counts.requests.families,
    ...counts.fields.families,
    ...load.families,
    ...callFamilies(services),
    ...loadFamilies(services),
    ...wasteFamilies(waste),
  );

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  sendAlways(app, securityHeaders({ isPublic: !settings.developing }));
  app.use(watchRequests(log, settings.metrics ? counts : undefined), checkHead);
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

/** What the sandbox shows of a client. */
function shownOf(
  { client, identityHeader, exampleId, exampleIdentities, examples }: Bff,
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
    services: Object.keys(SERVICES),
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
  const fetch = createFetcher(services, ({ most, ...place }) => tell(place, { most }));
  if (entityCacheBytes === 0) return rowsOf(fetch);
  const cache = new EntityCache(entityCacheBytes, sharedCache);
  metrics.add(...cacheFamilies(cache), ...(sharedCache ? sharedCacheFamilies(sharedCache) : []));
  return cachedRows({ cache, fetch, refresh: createRefresh(requestDeadlineMs, log) });
}

/** Headers of an answer that a page on another origin may read. */
const EXPOSED = ['X-Request-Id', 'Server-Timing'];
