import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { SharedCache } from '@facet/server/internal/downstream/cache/shared-cache/shared-cache.ts';
import { openSharedCache } from '@facet/server/internal/downstream/cache/shared-cache/shared-cache.ts';
import {
  connectServices,
  disconnectServices,
  type ServiceLoad,
  serviceNamed,
} from '@facet/server/internal/downstream/services.ts';
import { createApp } from '@facet/server/internal/http/app.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { credentialOf } from '@facet/server/internal/http/identity/identify.ts';
import { securityHeaders } from '@facet/server/internal/http/output/security-headers.ts';
import { ServerLoad } from '@facet/server/internal/http/overload/server-load.ts';
import { clientErrorHandler } from '@facet/server/internal/http/server/client-error.ts';
import { createHttpServer } from '@facet/server/internal/http/server/http-server.ts';
import { variable } from '@facet/server/internal/http/settings/services.ts';
import { readSettings } from '@facet/server/internal/http/settings/settings.ts';

import { createLog } from '@facet/server/internal/telemetry/log.ts';
import { OverfetchMeter } from '@facet/server/internal/telemetry/overfetch-meter.ts';
import { startTracing } from '@facet/server/internal/telemetry/start-tracing.ts';
import { PATIENT } from './patient.ts';

/** A GraphQL answer as a test reads it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of the data, down to the last field
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly service?: string; readonly requestId: string };
  }[];
}

export interface RunningBff extends AsyncDisposable {
  readonly url: string;
  /** Everything it has logged, a parsed line each. */
  readonly logged: Readonly<Record<string, unknown>>[];
  /** How much of what its screens fetched they used, as far as it has looked: see `measured`. */
  readonly waste: OverfetchMeter;
  /** What it shares with other processes; undefined without CACHE_URL. */
  readonly sharedCache: SharedCache | undefined;
  /** How busy its callers keep it. */
  readonly serverLoad: ServerLoad;
  /** How busy it keeps a service. */
  load(service: string): ServiceLoad;
  /** Posts an operation as this caller; more headers override the usual ones. */
  query(query: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
  /** Posts the text of one of its screens. */
  screen(name: string, variables?: object, headers?: Record<string, string>): Promise<Answer>;
}

/**
 * A client's server on a free port, in front of these services; all others refuse to be called. `environment` adds settings. The entity cache is off,
 * so that a test sees every call that a request makes. No load is shed and timeouts are long, since a test's process does the work of many on a
 * machine that may be busy.
 */
export async function startBff(
  bff: Bff,
  urls: Readonly<Partial<Record<string, string>>>,
  environment: Record<string, string> = {},
): Promise<RunningBff> {
  const settings = readSettings(
    {
      ...urlVariables(bff, urls),
      PORT: '0',
      TRUSTED_PROXIES: '127.0.0.1',
      ENTITY_CACHE_BYTES: '0',
      MAX_IN_FLIGHT: '10000',
      MAX_LAG_MS: '600000',
      MAX_UTILIZATION: '1',
      ...PATIENT,
      ...environment,
    },
    bff,
  );
  const services = connectServices(settings.services);
  const logged: Record<string, unknown>[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const waste = new OverfetchMeter(settings.measureEvery);
  const log = createLog(bff.client, 'debug', lines, bff.identity.header);
  const tracing = await startTracing(settings.tracing, bff.client, settings.services, log);
  const sharedCache = await openSharedCache(settings.sharedCache, settings.services, log);
  const serverLoad = new ServerLoad();
  const app = createApp(bff, settings, services, log, { waste, tracing, sharedCache, load: serverLoad });
  const credential = credentialOf(settings.identity, bff.identity.header);
  const server = createHttpServer(app, {
    maxConnections: settings.maxConnections,
    writeTimeoutMs: settings.writeTimeoutMs,
    load: serverLoad,
    answerUnparsable: clientErrorHandler(credential, securityHeaders({ isPublic: !settings.developing }), log),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const query: RunningBff['query'] = async (text, variables = {}, headers = {}) =>
    readAnswer(
      await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [bff.identity.header]: bff.identity.exampleId, ...headers },
        body: JSON.stringify({ query: text, variables }),
      }),
    );
  return {
    url,
    logged,
    waste,
    sharedCache,
    serverLoad,
    load: (service) => serviceNamed(services, service).load,
    query,
    screen: (name, variables, headers) => query(readFileSync(screenFile(bff, name), 'utf8'), variables, headers),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await disconnectServices(services);
      sharedCache?.close();
      await tracing?.stop(0);
    },
  };
}

function screenFile({ client, directory }: Bff, name: string): URL {
  if (!directory) throw new Error(`The client ${client} has no directory, and so no screen ${name}.`);
  return new URL(`screens/${name}.graphql`, directory);
}

/** A port of this machine where nobody listens. */
const NOWHERE = 'http://127.0.0.1:1';

/** Where each service is, so that no test asks whatever runs on this machine. */
function urlVariables({ services }: Bff, urls: Readonly<Partial<Record<string, string>>>): Record<string, string> {
  const names = Object.keys(services);
  return Object.fromEntries(names.map((name) => [variable(name, 'URL'), urls[name] ?? NOWHERE]));
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const { data, errors = [] } = JSON.parse(text);
  return { status: response.status, headers: response.headers, text, data, errors };
}
