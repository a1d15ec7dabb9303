import type { Screen } from './screens.ts';

export interface Contender {
  readonly name: string;
  readonly kind: 'rest' | 'graphql';
  /** Its main components, for the report. */
  readonly made: string;
  /** Packages whose versions are listed in the report. */
  readonly packages: readonly string[];
  /** Path of the script that serves the screen, below the root of the repository. */
  readonly script: (screen: Screen) => string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether clients must send all variables, even those with defaults. */
  readonly needsVariables?: boolean;
}

export const HAND_WRITTEN: Contender = {
  name: 'Hand-written',
  kind: 'rest',
  made: 'node:http, undici, one batch call, only the properties needed',
  packages: ['undici'],
  script: () => 'bench/contenders/handwritten.ts',
};

/** Runs without request logs, because the other contenders write none. */
export const FACET_ON = facet('Facet, cache on', { ENTITY_CACHE_BYTES: String(64 * 1024 * 1024), LOG_LEVEL: 'error' });
export const FACET_OFF = facet('Facet, cache off', { ENTITY_CACHE_BYTES: '0', LOG_LEVEL: 'error' });

/** These two show the cost of telemetry: one with production defaults, one with telemetry switched off. */
export const FACET_AS_IT_COMES = facet('Facet, as it comes', {});
export const FACET_SILENT = facet('Facet, telemetry off', { METRICS: 'off', LOG_LEVEL: 'silent', MEASURE_EVERY: '0' });

export const MERCURIUS: Contender = {
  name: 'Mercurius JIT',
  kind: 'graphql',
  made: 'Fastify, graphql-jit, DataLoader, undici',
  packages: ['mercurius', 'fastify', 'graphql-jit'],
  script: () => 'bench/contenders/mercurius.ts',
  // graphql-jit 0.8.9 ignores the defaults of non-null variables.
  needsVariables: true,
};

export const APOLLO: Contender = {
  name: 'Apollo default',
  kind: 'graphql',
  made: 'Express, Apollo Server, DataLoader, undici',
  packages: ['@apollo/server', 'express'],
  script: () => 'bench/contenders/apollo.ts',
};

export const YOGA: Contender = {
  name: 'Yoga',
  kind: 'graphql',
  made: 'node:http, GraphQL Yoga, DataLoader, undici',
  packages: ['graphql-yoga'],
  script: () => 'bench/contenders/yoga.ts',
};

export const HIVE: Contender = {
  name: 'Hive Gateway',
  kind: 'graphql',
  made: 'node:http, Hive Gateway over the OpenAPI documents',
  packages: ['@graphql-hive/gateway-runtime', '@graphql-mesh/transport-rest'],
  script: () => 'bench/contenders/hive.ts',
};

export const CLASSIC: Contender = {
  name: 'Classic REST',
  kind: 'rest',
  made: 'Express, fetch, Promise.all, one catalog call per order',
  packages: ['express'],
  script: () => 'bench/contenders/classic.ts',
};

/** Only their start-up time is measured. */
export const BARE_EXPRESS: Contender = {
  name: 'Bare Express',
  kind: 'rest',
  made: 'Express, a constant',
  packages: ['express'],
  script: () => 'bench/contenders/bare.ts',
};
export const FACET_SOURCE: Contender = {
  ...FACET_ON,
  name: 'Facet, from source',
  made: 'this repository, its types stripped by Node',
  script: ({ client }) => `bffs/${client}/main.ts`,
};

export const ALL: readonly Contender[] = [HAND_WRITTEN, FACET_ON, FACET_OFF, MERCURIUS, APOLLO, YOGA, HIVE, CLASSIC];

function facet(name: string, environment: Readonly<Record<string, string>>): Contender {
  return {
    name,
    kind: 'graphql',
    made: 'this repository, as npm run build makes it',
    packages: [],
    script: ({ client }) => `dist/${client}/main.js`,
    environment,
  };
}
