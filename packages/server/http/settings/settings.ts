import { BlockList } from 'node:net';
import { z } from 'zod';
import {
  describeEnvironment,
  type ListedSetting,
  listEnvironment,
  portSetting,
  readEnvironment,
} from '../../command/environment.ts';
import type { SharedCacheSettings } from '../../downstream/cache/shared-cache/shared-cache.ts';
import type { ServiceRegistry } from '../../downstream/service-registry.ts';
import type { ServiceSettings } from '../../downstream/services.ts';
import { LOG_LEVELS } from '../../telemetry/log.ts';
import { LOG_FORMATS, type LogFormat } from '../../telemetry/output.ts';
import type { TracingSettings } from '../../telemetry/tracing.ts';
import { DOCUMENT_MODES, type DocumentMode } from '../documents/ad-hoc-use.ts';
import { cacheVariables, hasFirstLevel, sharedCacheIn } from './cache.ts';
import { type IdentitySettings, identityIn, identityVariables } from './identity.ts';
import { servicesIn, serviceVariables } from './services.ts';
import { tracingIn, tracingVariables } from './tracing.ts';

const onOff = z.stringbool();
const milliseconds = z.coerce.number().int().min(1).max(600_000);

const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
/** Default of PORT for a client that sets none. */
export const DEFAULT_PORT = 4_000;

const MAX_CACHE_BYTES = 16 * 1024 ** 3;

const origins = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
  )
  .pipe(
    z.array(
      z.string().refine((origin) => URL.parse(origin)?.origin === origin, {
        error: (issue) => `${JSON.stringify(issue.input)} is not an origin such as https://app.example.com`,
      }),
    ),
  );

export interface Settings {
  readonly port: number;
  /** Whether requests are counted, and /metrics is there. */
  readonly metrics: boolean;
  /** Where /metrics is, in place of the port of all else. */
  readonly metricsPort: number | undefined;
  /** Peers that may read /metrics on the port of all else: TRUSTED_PROXIES in production; undefined is everybody. */
  readonly metricsReaders: BlockList | undefined;
  readonly services: Readonly<Record<string, ServiceSettings>>;
  readonly requestDeadlineMs: number;
  /** Requests under way at once; others are refused. */
  readonly maxInFlight: number;
  /** Open connections at once; past it, the one that was not used for longest is closed. */
  readonly maxConnections: number;
  /** A connection is closed when its caller reads nothing of a response for so long, in milliseconds. */
  readonly writeTimeoutMs: number;
  /** Longest time for the body of a request to arrive, in milliseconds. */
  readonly bodyTimeoutMs: number;
  /** How late the event loop may be, in milliseconds; requests are refused while it is later. */
  readonly maxLagMs: number;
  /** Share of the time that the event loop may be busy; fewer requests are let in while it is more. */
  readonly maxUtilization: number;
  /** How long to go on taking requests after the process was told to stop, in milliseconds. */
  readonly drainMs: number;
  /** Memory for kept rows of public endpoints; 0 keeps none. */
  readonly entityCacheBytes: number;
  /** Undefined where each process keeps its own rows alone. */
  readonly sharedCache: SharedCacheSettings | undefined;
  /** One response in so many of each screen is looked at for what it fetched and did not use; none where it is 0. */
  readonly measureEvery: number;
  readonly identity: IdentitySettings;
  readonly allowedOrigins: readonly string[];
  /** What becomes of operations that are not registered. */
  readonly documents: DocumentMode;
  /** Whether errors may help who develops: not in production. */
  readonly developing: boolean;
  readonly sandbox: boolean;
  readonly introspection: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: LogFormat;
  /** Undefined where there are to be no traces. */
  readonly tracing: TracingSettings | undefined;
}

/** What differs from client to client. */
export interface Defaults {
  /** Default of the setting PORT; 4000 by default. */
  readonly port?: number;
  /** The services that its endpoints call. */
  readonly services: ServiceRegistry;
  /** Introspection stays on in production, for clients whose schema is public. */
  readonly publicSchema?: boolean;
}

/** The settings in the environment; throws one SettingsError with all their problems. Empty variables count as unset. */
export function readSettings(environment: NodeJS.ProcessEnv, defaults: Defaults): Settings {
  const data = readEnvironment(shapeOf(defaults, environment), environment, conflictsIn);
  return {
    port: data.PORT,
    metrics: data.METRICS,
    metricsPort: data.METRICS_PORT,
    metricsReaders: isDeveloping(environment) ? undefined : (data.TRUSTED_PROXIES ?? new BlockList()),
    services: servicesIn(defaults.services, data, {
      timeoutMs: data.SERVICE_TIMEOUT_MS,
      circuitBreaker: data.CIRCUIT_BREAKER,
    }),
    requestDeadlineMs: data.REQUEST_DEADLINE_MS,
    maxInFlight: data.MAX_IN_FLIGHT,
    maxConnections: data.MAX_CONNECTIONS,
    bodyTimeoutMs: data.BODY_TIMEOUT_MS,
    writeTimeoutMs: data.WRITE_TIMEOUT_MS,
    maxLagMs: data.MAX_LAG_MS,
    maxUtilization: data.MAX_UTILIZATION,
    drainMs: data.DRAIN_MS,
    entityCacheBytes: data.ENTITY_CACHE_BYTES,
    sharedCache: sharedCacheIn(data),
    measureEvery: data.MEASURE_EVERY,
    identity: identityIn(data),
    allowedOrigins: data.ALLOWED_ORIGINS,
    documents: data.DOCUMENTS,
    developing: isDeveloping(environment),
    sandbox: data.SANDBOX,
    introspection: data.INTROSPECTION,
    logLevel: data.LOG_LEVEL,
    logFormat: data.LOG_FORMAT,
    tracing: tracingIn(data),
  };
}

/** Settings that cannot both be meant. */
function conflictsIn(given: Readonly<Record<string, string>>): string[] {
  const { METRICS, METRICS_PORT, PORT, IDENTITY = 'header', JWKS_URL } = given;
  const isOff = onOff.safeParse(METRICS ?? 'true').data === false;
  return [
    ...(isOff && METRICS_PORT !== undefined
      ? ['METRICS_PORT: there are no metrics with METRICS off. Unset one of them.']
      : []),
    ...(METRICS_PORT !== undefined && METRICS_PORT === PORT && PORT !== '0'
      ? ['METRICS_PORT: it is the same as PORT. Unset it to have /metrics there.']
      : []),
    ...(JWKS_URL !== undefined && IDENTITY === 'header'
      ? ['JWKS_URL: tokens are verified with IDENTITY=jwt alone. Set that, or unset JWKS_URL.']
      : []),
  ];
}

/** What `--help` prints: every setting with its meaning and default. */
export function describeSettings(environment: NodeJS.ProcessEnv, defaults: Defaults): string {
  return describeEnvironment(shapeOf(defaults, environment));
}

/** Every setting, for the reference documentation. */
export function listSettings(environment: NodeJS.ProcessEnv, defaults: Defaults): ListedSetting[] {
  return listEnvironment(shapeOf(defaults, environment));
}

function isDeveloping(environment: NodeJS.ProcessEnv): boolean {
  return environment['NODE_ENV'] !== 'production';
}

function shapeOf({ port = DEFAULT_PORT, services, publicSchema = false }: Defaults, environment: NodeJS.ProcessEnv) {
  const developing = String(isDeveloping(environment));
  const shape = z.object({
    // Whatever is not production is the unsafe side of every switch: another word for it must not pass for that.
    NODE_ENV: z
      .enum(['production', 'development', 'test'])
      .default('development')
      .describe('production is the safe side of every switch; development and test help who develops.'),
    PORT: portSetting(port).describe('Port to listen on; 0 for any free one.'),
    METRICS: onOff.prefault('true').describe('Count requests, and serve /metrics.'),
    METRICS_PORT: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe(
        'Port for /metrics alone, 0 for any free one; without it /metrics is on PORT, in production for TRUSTED_PROXIES only.',
      ),
    ...serviceVariables(services),
    SERVICE_TIMEOUT_MS: milliseconds.default(2_000).describe('Longest time for one call to a service.'),
    CIRCUIT_BREAKER: onOff.prefault('true').describe('Stop asking a service for a while that fails most calls.'),
    REQUEST_DEADLINE_MS: milliseconds.min(100).default(3_000).describe('Longest time for a whole request.'),
    MAX_IN_FLIGHT: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1_000)
      .describe('Most requests at once; others are refused (503).'),
    MAX_CONNECTIONS: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(5_000)
      .describe('Most connections at once; past it, the one that was not used for longest is closed.'),
    BODY_TIMEOUT_MS: milliseconds.default(10_000).describe('Longest time for the body of a request to arrive.'),
    WRITE_TIMEOUT_MS: milliseconds
      .default(10_000)
      .describe(
        'A connection is closed when its caller reads nothing of a response for this long. A slow reader that makes progress stays.',
      ),
    MAX_LAG_MS: milliseconds.default(250).describe('Requests are refused while the event loop is later than this.'),
    MAX_UTILIZATION: z.coerce
      .number()
      .min(0.5)
      .max(1)
      .default(0.98)
      .describe('Fewer requests are let in while the event loop is busy for more of the time than this; 1 = off.'),
    DRAIN_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(developing === 'true' ? 0 : 5_000)
      .describe('How long to go on taking requests, not ready any more, when told to stop; 5000 in production.'),
    ENTITY_CACHE_BYTES: z.coerce
      .number()
      .int()
      .min(0)
      .max(MAX_CACHE_BYTES)
      .default(DEFAULT_CACHE_BYTES)
      .describe('Memory for rows of public endpoints that are kept across requests; 0 = off.'),
    ...cacheVariables,
    MEASURE_EVERY: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .default(100)
      .describe('Of so many responses of a screen, one is looked at for what it fetched and did not use; 0 = none.'),
    ...identityVariables(environment['IDENTITY'], developing === 'true'),
    ALLOWED_ORIGINS: origins.prefault('').describe('Origins whose pages may call this server (CORS), by comma.'),
    DOCUMENTS: z
      .enum(DOCUMENT_MODES)
      .default(publicSchema || developing === 'true' ? 'open' : 'locked')
      .describe(
        `Operations that are not registered: open runs them, warn logs them too, locked refuses them${
          publicSchema ? '' : '; locked by default in production'
        }.`,
      ),
    SANDBOX: onOff.prefault(developing).describe('Serve the sandbox at /; off by default in production.'),
    INTROSPECTION: onOff
      .prefault(publicSchema ? 'true' : developing)
      .describe(`Answer introspection queries${publicSchema ? '' : '; off by default in production'}.`),
    LOG_LEVEL: z
      .enum(LOG_LEVELS)
      .default('info')
      .describe(`Least level that is logged: ${LOG_LEVELS.join(', ')}.`),
    LOG_FORMAT: z
      .enum(LOG_FORMATS)
      .default('auto')
      .describe('json, a line each; pretty, for people; auto is pretty on a terminal that is not production’s.'),
    ...tracingVariables,
  });
  const error = 'processes can share only what each of them keeps, and ENTITY_CACHE_BYTES is 0';
  return shape.refine(hasFirstLevel, { path: ['CACHE_URL'], error });
}
