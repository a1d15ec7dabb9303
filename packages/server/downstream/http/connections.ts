import { buildConnector, Client } from 'undici';
import { InterimResponses } from './interim-responses.ts';

interface Options {
  readonly timeoutMs: number;
  readonly keepAliveMs: number;
  readonly connectionAgeMs: number;
}

/** A connection to a service, which serves one call at a time. It opens with its first call, and again after it was closed. */
export interface Connection {
  readonly client: Client;
  readonly madeAt: number;
  readonly interim: InterimResponses;
  /** Serial number of its last response among all responses; 0 if it had none since it opened. */
  lastResponse: number;
}

/**
 * The connections to one service. The most recently used one is taken first, so that surplus connections idle and close. Their
 * number is bounded by the limit of concurrent calls.
 */
export class Connections {
  readonly #origin: string;
  readonly #options: Client.Options;
  /** Shared by all connections, because it holds the TLS sessions that they resume. */
  readonly #connect: buildConnector.connector;
  readonly #ageMs: number;
  readonly #all = new Set<Client>();
  readonly #idle: Connection[] = [];
  #responses = 0;
  /** The reason why all connections were closed. */
  #closeReason: Error | undefined;

  constructor(origin: string, { timeoutMs, keepAliveMs, connectionAgeMs }: Options) {
    this.#origin = origin;
    this.#ageMs = connectionAgeMs;
    this.#connect = buildConnector({ timeout: timeoutMs, allowH2: false });
    this.#options = {
      // A cancelled call closes its connection, which must not serve other calls.
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: keepAliveMs,
      // The exchange bounds the whole call.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
  }

  /** Takes a connection for one call. The caller gives it back after the response, or drops it. */
  take(): Connection {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (performance.now() - connection.madeAt < this.#ageMs) return connection;
      // A new connection resolves the service's name again.
      this.drop(connection);
    }
    return this.#make();
  }

  /** Number of connections, idle or not. */
  get open(): number {
    return this.#all.size;
  }

  get isClosed(): boolean {
    return this.#closeReason !== undefined;
  }

  /** Returns a connection after its response, for the next call. */
  giveBack(connection: Connection): void {
    this.#responses += 1;
    connection.lastResponse = this.#responses;
    if (!this.#closeReason) this.#idle.push(connection);
  }

  /**
   * Replaces a connection that the service has closed since its last response, because it was idle for too long or the service was
   * restarted. Idle connections without a later response are most likely closed too, and are dropped.
   */
  replace(stale: Connection, reason: Error): Connection {
    const { lastResponse } = stale;
    this.drop(stale, reason);
    // Idle connections are in the order of their last responses.
    const fresh = this.#idle.findIndex((idle) => idle.lastResponse > lastResponse);
    for (const idle of this.#idle.splice(0, fresh === -1 ? this.#idle.length : fresh)) this.drop(idle, reason);
    return this.#make();
  }

  /** Closes a connection and cancels its call. */
  drop({ client }: Connection, reason: Error | null = null): void {
    this.#all.delete(client);
    void client.destroy(reason);
  }

  #make(): Connection {
    if (this.#closeReason) throw this.#closeReason;
    const interim = new InterimResponses();
    const connect: buildConnector.connector = (options, callback) =>
      this.#connect(options, (...[error, socket]) => {
        if (error) callback(error, null);
        else {
          interim.filter(socket);
          callback(null, socket);
        }
      });
    const client = new Client(this.#origin, { ...this.#options, connect });
    const connection = { client, madeAt: performance.now(), interim, lastResponse: 0 };
    client.on('disconnect', () => {
      connection.lastResponse = 0;
    });
    this.#all.add(client);
    return connection;
  }

  /** Closes all connections. Calls in flight, and later calls, reject with this reason. */
  async close(reason: Error): Promise<void> {
    this.#closeReason = reason;
    this.#idle.length = 0;
    await Promise.all(Array.from(this.#all, (client) => client.destroy(reason)));
    this.#all.clear();
  }
}
