import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import cors from 'cors';
import express, { type Express } from 'express';
import { cachedRows } from '../downstream/cached-rows.ts';
import { EntityCache } from '../downstream/entity-cache.ts';
import { createFetcher } from '../downstream/fetcher.ts';
import { createRefresh } from '../downstream/refresh.ts';
import { type RowSource, rowsOf } from '../downstream/row-source.ts';
import type { Services } from '../downstream/services.ts';
import { readBudget } from '../graphql/budget.ts';
import { createEngine } from '../graphql/execute.ts';
import { buildSchema, type ResolverMap } from '../graphql/schema.ts';
import { readManifests, readScreens, typenameVariant } from '../graphql/screens.ts';
import type { IdentityHeader } from '../request/identity.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { countAdHoc } from './ad-hoc.ts';
import { errorBoundary, noSuchRoute } from './error-boundary.ts';
import { graphqlRoute } from './graphql-route.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { lazily } from './lazily.ts';
import { createRegistry } from './registry.ts';
import { sandboxRoutes } from './sandbox.ts';
import { screensRoute } from './screens-route.ts';
import type { Defaults, Settings } from './settings.ts';
import { shedLoad } from './shed-load.ts';
import { traceRequests } from './traced.ts';

/** A client's backend: all that its folder says of it. */
export interface Bff extends Defaults {
  /** Its name: of its folder, its schema file, and in every log line. */
  readonly client: string;
  readonly identityHeader: IdentityHeader;
  /** An identity that the reference data has, for the sandbox. */
  readonly exampleId: string;
  /** Variables with which its screens show something of the reference data, by the screen's name. */
  readonly examples: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resolvers: ResolverMap;
  /** Folder of the manifests that the client's own tools write; bffs/CLIENT/documents by default. */
  readonly manifests?: string;
  /** Names of the services' cookies that are set at this client too; none else is. */
  readonly passedOnCookies?: readonly string[];
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Puts a client's server together, ready to be listened with. Throws where its schema or a screen is wrong. */
export function createApp(
  bff: Bff,
  settings: Settings,
  services: Services,
  log: Logger,
  readiness: Readiness = { state: 'ready' },
  tracing?: Tracing,
): Express {
  const schema = buildSchema(readFileSync(`${ROOT}schemas/${bff.client}.graphql`, 'utf8'), bff.resolvers);
  const screens = readScreens(`${ROOT}bffs/${bff.client}/screens`, schema);
  const { adHoc } = readBudget(`${ROOT}bffs/${bff.client}/budget.json`);
  const engine = createEngine(schema, rowSource(settings, services, log), log, adHoc.calls);
  const manifests = bff.manifests ?? `${ROOT}bffs/${bff.client}/documents`;
  const others = [...screens.map(typenameVariant), ...readManifests(manifests, schema)];
  for (const { document } of screens) engine.preparation.register(document, { isCompiledNow: true });
  for (const { document } of others) engine.preparation.register(document, { isCompiledNow: false });

  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', false);
  if (settings.allowedOrigins.length > 0) {
    app.use(cors({ origin: [...settings.allowedOrigins], credentials: true, exposedHeaders: EXPOSED, maxAge: 600 }));
  }
  if (tracing) app.use(['/graphql', '/screens'], traceRequests(tracing));
  const doors = {
    engine,
    adHoc: lazily(async () => {
      const { startApollo } = await import('./apollo.ts');
      return startApollo(schema, engine, { introspection: settings.introspection, log });
    }),
    registry: createRegistry(screens, others),
    schema,
    documents: settings.documents,
    adHocUse: countAdHoc(log),
    suggestions: settings.developing,
    admit: shedLoad(settings),
    identityHeader: bff.identityHeader,
    passedOnCookies: bff.passedOnCookies ?? [],
    requestDeadlineMs: settings.requestDeadlineMs,
  };
  app.use(graphqlRoute(doors), screensRoute(doors), healthRoutes(readiness));
  if (settings.sandbox) {
    const { client, identityHeader, exampleId, examples } = bff;
    const ready = screens.map(({ name, text }) => ({ name, text, variables: examples[name] ?? {} }));
    app.use(sandboxRoutes({ client, identityHeader, exampleId, screens: ready }));
  }
  app.use(noSuchRoute, errorBoundary(log));
  return app;
}

function rowSource({ entityCacheBytes, requestDeadlineMs }: Settings, services: Services, log: Logger): RowSource {
  const fetch = createFetcher(services);
  if (entityCacheBytes === 0) return rowsOf(fetch);
  const cache = new EntityCache(entityCacheBytes);
  return cachedRows({ cache, fetch, refresh: createRefresh(requestDeadlineMs, log) });
}

/** Headers of an answer that a page on another origin may read. */
const EXPOSED = ['X-Request-Id', 'Server-Timing'];
