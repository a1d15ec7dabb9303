import { Client } from 'undici';

/** More than the requests that are under way, as long as the server answers them at all. */
const MOST = 10_000;

/**
 * Connections to a server, kept alive, a request at a time on each. There are as many as were ever needed at once. The one
 * that was used last is used first, as a gateway does, and without looking for it.
 */
export class Connections {
  readonly #url: string;
  readonly #giveUpMs: number;
  readonly #free: Client[] = [];
  #made = 0;

  constructor(url: string, giveUpMs: number) {
    this.#url = url;
    this.#giveUpMs = giveUpMs;
  }

  /** A free connection; undefined where there may be no more. */
  take(): Client | undefined {
    const free = this.#free.pop();
    if (free || this.#made >= MOST) return free;
    this.#made += 1;
    const timeout = this.#giveUpMs;
    return new Client(this.#url, {
      pipelining: 1,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: { timeout },
    });
  }

  give(connection: Client): void {
    this.#free.push(connection);
  }
}
