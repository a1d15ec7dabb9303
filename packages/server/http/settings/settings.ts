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
  /** Whether requests are counted and /metrics is served. */
  readonly metrics: boolean;
  /** A port for /metrics alone; undefined serves it on `port`. */
  readonly metricsPort: number | undefined;
  /** Peers that may read /metrics on `port`: TRUSTED_PROXIES in production; undefined allows all. */
  readonly metricsReaders: BlockList | undefined;
  readonly services: Readonly<Record<string, ServiceSettings>>;
  readonly requestDeadlineMs: number;
  /** Most requests in progress at once; others are rejected. */
  readonly maxInFlight: number;
  /** Most open connections; beyond it, the least recently used one is closed. */
  readonly maxConnections: number;
  /** Longest time in which a caller reads nothing of a response, in milliseconds. Then its connection is closed. */
  readonly writeTimeoutMs: number;
  /** Longest time for the body of a request to arrive, in milliseconds. */
  readonly bodyTimeoutMs: number;
  /** Longest delay of the event loop, in milliseconds. While it is longer, requests are rejected. */
  readonly maxLagMs: number;
  /** Share of the time that the event loop may be busy. While it is higher, fewer requests are admitted. */
  readonly maxUtilization: number;
  /** Time in which a stopping server still takes requests, in milliseconds. */
  readonly drainMs: number;
  /** Memory of the entity cache, in bytes; 0 switches it off. */
  readonly entityCacheBytes: number;
  /** Undefined if processes share no cache. */
  readonly sharedCache: SharedCacheSettings | undefined;
  /** Of this many responses of a screen, one is measured for overfetch; 0 measures none. */
  readonly measureEvery: number;
  readonly identity: IdentitySettings;
  readonly allowedOrigins: readonly string[];
  /** Whether operations that are not registered run. */
  readonly documents: DocumentMode;
  /** Whether errors contain suggestions; not in production. */
  readonly developing: boolean;
  readonly sandbox: boolean;
  readonly introspection: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: LogFormat;
  /** Undefined if tracing is off. */
  readonly tracing: TracingSettings | undefined;
}

/** Options of a client that change the defaults of its settings. */
export interface Defaults {
  /** Default of the setting PORT; 4000 by default. */
  readonly port?: number;
  /** The services that its endpoints call, from `defineServices`. */
  readonly services: ServiceRegistry;
  /** Whether introspection and ad-hoc operations stay on in production, for clients whose schema is public. */
  readonly publicSchema?: boolean;
}

/** Reads the settings from the environment. Throws one SettingsError with all problems. Empty variables count as unset. */
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

/** Problems of settings that contradict each other. */
function conflictsIn(given: Readonly<Record<string, string>>): string[] {
  const { METRICS, METRICS_PORT, PORT, IDENTITY = 'header', JWKS_URL } = given;
  const isOff = onOff.safeParse(METRICS ?? 'true').data === false;
  return [
    ...(isOff && METRICS_PORT !== undefined ? ['METRICS_PORT: METRICS is off. Unset one of them.'] : []),
    ...(METRICS_PORT !== undefined && METRICS_PORT === PORT && PORT !== '0'
      ? ['METRICS_PORT: it equals PORT. Unset it to serve /metrics on PORT.']
      : []),
    ...(JWKS_URL !== undefined && IDENTITY === 'header'
      ? ['JWKS_URL: tokens are verified only with IDENTITY=jwt. Set IDENTITY, or unset JWKS_URL.']
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
    // A misspelt value must not count as development, which has the unsafe default of every switch.
    NODE_ENV: z
      .enum(['production', 'development', 'test'])
      .default('development')
      .describe('production has the safe defaults; development and test have the convenient ones.'),
    PORT: portSetting(port).describe('Port to listen on; 0 chooses a free one.'),
    METRICS: onOff.prefault('true').describe('Count requests and serve /metrics.'),
    METRICS_PORT: z.coerce
      .number()
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .describe(
        'Port for /metrics alone; 0 chooses a free one. Without it, /metrics is on PORT, in production for TRUSTED_PROXIES only.',
      ),
    ...serviceVariables(services),
    SERVICE_TIMEOUT_MS: milliseconds
      .default(2_000)
      .describe('Longest time for one call to a service, in milliseconds.'),
    CIRCUIT_BREAKER: onOff.prefault('true').describe('Fail fast while most recent calls to an endpoint fail.'),
    REQUEST_DEADLINE_MS: milliseconds.min(100).default(3_000).describe('Longest time for a request, in milliseconds.'),
    MAX_IN_FLIGHT: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1_000)
      .describe('Most requests in progress at once; others are rejected (503).'),
    MAX_CONNECTIONS: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(5_000)
      .describe('Most open connections; beyond it, the least recently used one is closed.'),
    BODY_TIMEOUT_MS: milliseconds
      .default(10_000)
      .describe('Longest time for the body of a request to arrive, in milliseconds.'),
    WRITE_TIMEOUT_MS: milliseconds
      .default(10_000)
      .describe(
        'Longest time in which a caller reads nothing of a response, in milliseconds. Then its connection is closed.',
      ),
    MAX_LAG_MS: milliseconds
      .default(250)
      .describe('Longest delay of the event loop, in milliseconds. While it is longer, requests are rejected (503).'),
    MAX_UTILIZATION: z.coerce
      .number()
      .min(0.5)
      .max(1)
      .default(0.98)
      .describe(
        'Share of the time that the event loop may be busy. While it is higher, fewer requests are admitted; 1 = off.',
      ),
    DRAIN_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(600_000)
      .default(developing === 'true' ? 0 : 5_000)
      .describe('Time in which a stopping server still takes requests, in milliseconds; 5000 in production.'),
    ENTITY_CACHE_BYTES: z.coerce
      .number()
      .int()
      .min(0)
      .max(MAX_CACHE_BYTES)
      .default(DEFAULT_CACHE_BYTES)
      .describe('Memory of the entity cache (rows of public endpoints), in bytes; 0 = off.'),
    ...cacheVariables,
    MEASURE_EVERY: z.coerce
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .default(100)
      .describe('Of this many responses of a screen, one is measured for overfetch; 0 = none.'),
    ...identityVariables(environment['IDENTITY'], developing === 'true'),
    ALLOWED_ORIGINS: origins
      .prefault('')
      .describe('Origins whose pages may call this server (CORS), separated by commas.'),
    DOCUMENTS: z
      .enum(DOCUMENT_MODES)
      .default(publicSchema || developing === 'true' ? 'open' : 'locked')
      .describe(
        `Operations that are not registered: open runs them, warn also logs them, locked rejects them${
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
      .describe(`Lowest level that is logged: ${LOG_LEVELS.join(', ')}.`),
    LOG_FORMAT: z
      .enum(LOG_FORMATS)
      .default('auto')
      .describe(
        'json (one object a line), pretty (for terminals) or auto: pretty on a terminal outside of production.',
      ),
    ...tracingVariables,
  });
  const error = 'the shared cache needs the entity cache, and ENTITY_CACHE_BYTES is 0';
  return shape.refine(hasFirstLevel, { path: ['CACHE_URL'], error });
}
