import { buildConnector, Client } from 'undici';

interface Options {
  readonly timeoutMs: number;
  readonly keepAliveMs: number;
  readonly connectionAgeMs: number;
}

/** A connection to a service: one call at a time has it. It is opened for its first call, and again after it was closed. */
export interface Connection {
  readonly client: Client;
  readonly madeAt: number;
}

/**
 * The connections to one service. The one that was put back last is taken first, so that those that are not needed close
 * in their time; how many there are is up to the limit of calls under way.
 */
export class Connections {
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #ageMs: number;
  readonly #all = new Set<Client>();
  readonly #idle: Connection[] = [];
  #isClosed = false;

  constructor(origin: string, { timeoutMs, keepAliveMs, connectionAgeMs }: Options) {
    this.#origin = origin;
    this.#ageMs = connectionAgeMs;
    this.#options = {
      // One for all, since it holds the TLS sessions that connections resume.
      connect: buildConnector({ timeout: timeoutMs, allowH2: false }),
      // A call that is given up closes its connection, and must not take others along.
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: keepAliveMs,
      // The fetcher bounds the whole call, more strictly and more exactly than these could.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
  }

  /** A connection for one call, whose answer gives it back, or whose failure gives it up. */
  take(): Connection {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (performance.now() - connection.madeAt < this.#ageMs) return connection;
      // Old: its successor looks the service's name up again.
      this.giveUp(connection);
    }
    if (this.#isClosed) throw new Error('The connections are closed.');
    const client = new Client(this.#origin, this.#options);
    this.#all.add(client);
    return { client, madeAt: performance.now() };
  }

  giveBack(connection: Connection): void {
    if (!this.#isClosed) this.#idle.push(connection);
  }

  /** Closes it, with whatever is under way on it. */
  giveUp({ client }: Connection, reason: Error | null = null): void {
    this.#all.delete(client);
    void client.destroy(reason);
  }

  /** Closes them all: calls under way are cut off. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idle.length = 0;
    await Promise.all(Array.from(this.#all, (client) => client.destroy()));
    this.#all.clear();
  }
}
