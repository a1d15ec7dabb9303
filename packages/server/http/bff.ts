import { setTimeout as delay } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import { ErrorCode } from '../request/errors.ts';
import { createLog } from '../telemetry/log.ts';
import { outputFor } from '../telemetry/output.ts';
import { type BffOptions, checkOptions } from './options.ts';
import { pathsOf } from './paths.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import { DEFAULT_PORT, readSettings } from './settings/settings.ts';
import { close, STOP_LIMIT_MS } from './stop.ts';

/**
 * The backend of a client. `@facet/server/start` runs it as a server of its own. To mount it in an Express app that you have:
 *
 *     app.use('/mobile', bff.router);
 *     await bff.start();
 */
export interface Bff extends BffOptions {
  readonly port: number;
  readonly examples: NonNullable<BffOptions['examples']>;
  /**
   * Serves all routes of the BFF below the path where it is mounted, also its 404 and its errors. Until `start` has resolved, readiness is
   * 503; before `start` is called, and after `stop`, all requests are.
   */
  readonly router: RequestHandler;
  /** Reads the settings, connects the services and warms up. Rejects with an InputError that names all problems. */
  start(options?: StartOptions): Promise<void>;
  /** Reports that the BFF is not ready, serves requests for DRAIN_MS, waits up to 10 s for those in progress, and closes all connections. */
  stop(): Promise<void>;
}

/** What a host application passes to `bff.start`. */
export interface StartOptions {
  /** The settings, by the names of their environment variables; `process.env` by default. PORT and METRICS_PORT have no effect. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Defines the backend of a client.
 *
 * Throws an InputError for options that are wrong. The schema, the resolvers and the screens are checked when the BFF starts.
 */
export function defineBff(options: BffOptions): Bff {
  checkOptions(options);
  pathsOf(options.client, options.paths);
  const mounted = new MountedBff(options);
  // Not enumerable: `{ ...bff, resolvers }` is another BFF's options, and must not have this one's router.
  return Object.defineProperties({ port: DEFAULT_PORT, examples: {}, ...options } as Bff, {
    router: { value: mounted.router },
    start: { value: (more?: StartOptions) => mounted.start(more) },
    stop: { value: () => mounted.stop() },
  });
}

const POLL_MS = 20;

/** A BFF that is mounted in an existing Express app. */
class MountedBff {
  readonly #options: BffOptions;
  #runtime: Runtime | undefined;
  #starting: Promise<void> | undefined;

  constructor(options: BffOptions) {
    this.#options = options;
  }

  readonly router: RequestHandler = (request, response, next) => {
    if (this.#runtime) {
      this.#runtime.app(request, response, next);
      return;
    }
    const message = `The BFF of ${this.#options.client} is not started.`;
    response.status(503).set({ 'Retry-After': '1', 'Cache-Control': 'no-store' });
    response.json({ errors: [{ message, extensions: { code: ErrorCode.ServiceUnavailable } }] });
  };

  /** A second call waits for the first one. After a failure, or after `stop`, it starts anew. */
  start(options: StartOptions = {}): Promise<void> {
    this.#starting ??= this.#start(options).catch(async (error: unknown) => {
      await this.#close();
      throw error;
    });
    return this.#starting;
  }

  async #start({ environment = process.env }: StartOptions): Promise<void> {
    // The host application listens: a port for metrics would be another server's.
    const settings = { ...readSettings(environment, this.#options), metricsPort: undefined };
    const output = await outputFor(settings.logFormat, settings.developing);
    const log = createLog(this.#options.client, settings.logLevel, output, this.#options.identity.header);
    const runtime = await createRuntime(this.#options, settings, log);
    this.#runtime = runtime;
    await runtime.warmUp.run();
    if (runtime.readiness.state === 'starting') runtime.readiness.state = 'ready';
    log.info('started');
  }

  async stop(): Promise<void> {
    // It may be starting.
    await this.#starting?.catch(() => {});
    const runtime = this.#runtime;
    if (!runtime || runtime.readiness.state === 'stopping') return;
    const { readiness, settings, load, log } = runtime;
    readiness.state = 'stopping';
    log.info('stopping');
    await delay(settings.drainMs);
    const until = performance.now() + STOP_LIMIT_MS;
    while (load.inFlight + load.arriving > 0 && performance.now() < until) await delay(POLL_MS);
    await this.#close();
    log.info('stopped');
  }

  async #close(): Promise<void> {
    const runtime = this.#runtime;
    this.#runtime = undefined;
    this.#starting = undefined;
    if (runtime) await close(runtime);
  }
}
