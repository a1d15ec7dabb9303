import { buildConnector, Client } from 'undici';
import { InterimResponses } from './interim-responses.ts';

interface Options {
  readonly timeoutMs: number;
  readonly keepAliveMs: number;
  readonly connectionAgeMs: number;
}

/** A connection to a service: one call at a time has it. It is opened for its first call, and again after it was closed. */
export interface Connection {
  readonly client: Client;
  readonly madeAt: number;
  readonly interim: InterimResponses;
  /** When its last answer came, as a number in the order of all answers; 0 where none did since it was opened. */
  lastAnswer: number;
}

/**
 * The connections to one service. The one that was put back last is taken first, so that those that are not needed close
 * in their time; how many there are is up to the limit of calls under way.
 */
export class Connections {
  readonly #origin: string;
  readonly #options: Client.Options;
  /** One for all, since it holds the TLS sessions that connections resume. */
  readonly #connect: buildConnector.connector;
  readonly #ageMs: number;
  readonly #all = new Set<Client>();
  readonly #idle: Connection[] = [];
  #answers = 0;
  /** Why there are none any more. */
  #closedFor: Error | undefined;

  constructor(origin: string, { timeoutMs, keepAliveMs, connectionAgeMs }: Options) {
    this.#origin = origin;
    this.#ageMs = connectionAgeMs;
    this.#connect = buildConnector({ timeout: timeoutMs, allowH2: false });
    this.#options = {
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
    return this.#make();
  }

  /** How many there are, idle or not. */
  get open(): number {
    return this.#all.size;
  }

  get isClosed(): boolean {
    return this.#closedFor !== undefined;
  }

  /** After the answer, for the next call. */
  giveBack(connection: Connection): void {
    this.#answers += 1;
    connection.lastAnswer = this.#answers;
    if (!this.#closedFor) this.#idle.push(connection);
  }

  /**
   * A new connection in place of one on which answers came before, but none to this call: the service has closed it, be it
   * that its time was over or that the service was started anew. Idle ones that gave no answer since are most likely closed
   * too, and are given up.
   */
  replace(stale: Connection, reason: Error): Connection {
    const { lastAnswer } = stale;
    this.giveUp(stale, reason);
    // In the order in which they were put back, and so of their last answers.
    const fresh = this.#idle.findIndex((idle) => idle.lastAnswer > lastAnswer);
    for (const idle of this.#idle.splice(0, fresh === -1 ? this.#idle.length : fresh)) this.giveUp(idle, reason);
    return this.#make();
  }

  /** Closes it, with whatever is under way on it. */
  giveUp({ client }: Connection, reason: Error | null = null): void {
    this.#all.delete(client);
    void client.destroy(reason);
  }

  #make(): Connection {
    if (this.#closedFor) throw this.#closedFor;
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
    const connection = { client, madeAt: performance.now(), interim, lastAnswer: 0 };
    client.on('disconnect', () => {
      connection.lastAnswer = 0;
    });
    this.#all.add(client);
    return connection;
  }

  /** Closes them all: calls under way are cut off, and rejected with this reason as those after them are. */
  async close(reason: Error): Promise<void> {
    this.#closedFor = reason;
    this.#idle.length = 0;
    await Promise.all(Array.from(this.#all, (client) => client.destroy(reason)));
    this.#all.clear();
  }
}
