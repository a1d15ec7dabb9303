import type { Socket } from 'node:net';

/** Longest head of an interim response; longer ones are left to undici, which refuses them. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Length of "HTTP/1.1 1xx". */
const STATUS_END = 12;

const END_OF_HEAD = '\r\n\r\n';

const NOTHING = Buffer.alloc(0);

/**
 * Drops the interim responses (1xx) that stand before a response. A client has to parse them even where it did not ask for one
 * (RFC 9110, section 15.2), but undici closes the connection at an unsolicited `100 Continue`. 101 Switching Protocols is none
 * of them: it is refused, since no call asks for another protocol.
 */
export class InterimResponses {
  /** One has come since the request was sent: the service has begun to answer. */
  haveCome = false;
  #isAwaiting = false;
  /** The beginning of a head, as far as it has come. */
  #held: Buffer = NOTHING;

  /** To be called before each request. */
  awaitResponse(): void {
    this.haveCome = false;
    this.#isAwaiting = true;
    this.#held = NOTHING;
  }

  /** Filters what is read from a socket, which undici does by `read`. */
  filter(socket: Socket): void {
    const read = socket.read.bind(socket);
    socket.read = (size?: number): unknown => {
      let chunk: Buffer | null = read(size);
      while (this.#isAwaiting && chunk !== null) {
        const rest = this.#withoutInterim(chunk);
        if (rest.length > 0) return rest;
        chunk = read(size);
      }
      return chunk;
    };
  }

  /** The beginning of the response; nothing while it cannot be told yet whether it is an interim one. */
  #withoutInterim(chunk: Buffer): Buffer {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (isInterim(rest)) {
      const end = rest.indexOf(END_OF_HEAD);
      if (end === -1 && rest.length <= MAX_HEAD_BYTES) break;
      if (end === -1) return this.#passOn(rest);
      this.haveCome = true;
      rest = rest.subarray(end + END_OF_HEAD.length);
    }
    const isUnclear = rest.length < STATUS_END || isInterim(rest);
    if (!isUnclear) return this.#passOn(rest);
    this.#held = rest;
    return NOTHING;
  }

  #passOn(rest: Buffer): Buffer {
    this.#isAwaiting = false;
    this.#held = NOTHING;
    return rest;
  }
}

function isInterim(head: Buffer): boolean {
  // Nearly all responses are told from them by one byte.
  return head[STATUS_END - 3] === 0x31 && /^HTTP\/1\.[01] 1(?!01)\d\d$/.test(head.toString('latin1', 0, STATUS_END));
}
