import type { Socket } from 'node:net';

/** Longest head of an interim response. Longer ones are left to undici, which rejects them. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Length of "HTTP/1.1 1xx". */
const STATUS_END = 12;

const END_OF_HEAD = '\r\n\r\n';

const NOTHING = Buffer.alloc(0);

/**
 * Drops the interim responses (1xx) before a response. A client must parse them even if it did not ask for one (RFC 9110, section
 * 15.2), but undici closes the connection at an unsolicited `100 Continue`. 101 Switching Protocols is not dropped, but rejected:
 * no call asks for another protocol.
 */
export class InterimResponses {
  /** Whether one has arrived since the request was sent: the service has begun to respond. */
  haveArrived = false;
  #isAwaiting = false;
  /** The received part of an incomplete head. */
  #held: Buffer = NOTHING;

  /** Must be called before each request. */
  awaitResponse(): void {
    this.haveArrived = false;
    this.#isAwaiting = true;
    this.#held = NOTHING;
  }

  /** Filters the data that undici reads from a socket by `read`. */
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

  /** Returns the start of the final response; an empty buffer until more data has arrived. */
  #withoutInterim(chunk: Buffer): Buffer {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (isInterim(rest)) {
      const end = rest.indexOf(END_OF_HEAD);
      if (end === -1 && rest.length <= MAX_HEAD_BYTES) break;
      if (end === -1) return this.#release(rest);
      this.haveArrived = true;
      rest = rest.subarray(end + END_OF_HEAD.length);
    }
    const isUndecided = rest.length < STATUS_END || isInterim(rest);
    if (!isUndecided) return this.#release(rest);
    this.#held = rest;
    return NOTHING;
  }

  #release(rest: Buffer): Buffer {
    this.#isAwaiting = false;
    this.#held = NOTHING;
    return rest;
  }
}

function isInterim(head: Buffer): boolean {
  // One byte rules out nearly all final responses.
  return head[STATUS_END - 3] === 0x31 && /^HTTP\/1\.[01] 1(?!01)\d\d$/.test(head.toString('latin1', 0, STATUS_END));
}
