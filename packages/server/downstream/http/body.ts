import { promisify } from 'node:util';
import zlib from 'node:zlib';

/** Smaller chunks are copied into blocks, because a Buffer object is many times their size. */
const SMALL_BYTES = 1_024;
const BLOCK_BYTES = 16 * 1_024;

const NOTHING = Buffer.alloc(0);

/** Collects the body of a response. */
export class Body {
  bytes = 0;
  /** Most responses are one chunk, which is not copied. */
  #first: Buffer = NOTHING;
  #chunks: Buffer[] | undefined;
  /** Small chunks after `#chunks`, from `#from` to `#to`. */
  #block = NOTHING;
  #from = 0;
  #to = 0;

  add(chunk: Buffer): void {
    if (this.bytes === 0) this.#first = chunk;
    else if (chunk.length < SMALL_BYTES) this.#copy(chunk);
    else this.#closeBlock().push(chunk);
    this.bytes += chunk.length;
  }

  /** The whole body. */
  whole(): Buffer {
    return this.bytes === this.#first.length ? this.#first : Buffer.concat(this.#closeBlock(), this.bytes);
  }

  #copy(chunk: Buffer): void {
    if (this.#to + chunk.length > this.#block.length) {
      this.#closeBlock();
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#from = 0;
      this.#to = 0;
    }
    this.#to += chunk.copy(this.#block, this.#to);
  }

  /** Closes the block of small chunks, and returns all chunks. */
  #closeBlock(): Buffer[] {
    this.#chunks ??= [this.#first];
    if (this.#from < this.#to) this.#chunks.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
    return this.#chunks;
  }
}

type Decode = (body: Buffer, maxBytes: number) => Promise<Buffer>;

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const brotliDecompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);
const zstdDecompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);

/** Largest window of zstd as a content coding: 8 MB (RFC 9659). */
const ZSTD_WINDOW = { [zlib.constants.ZSTD_d_windowLogMax]: 23 };

/** The content codings of RFC 9110 (section 8.4.1), RFC 7932 and RFC 8878. */
const CODINGS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['identity', async (body) => body],
  ['gzip', (body, maxOutputLength) => gunzip(body, { maxOutputLength })],
  ['x-gzip', (body, maxOutputLength) => gunzip(body, { maxOutputLength })],
  ['deflate', (body, maxOutputLength) => (isZlib(body) ? inflate : inflateRaw)(body, { maxOutputLength })],
  ['br', (body, maxOutputLength) => brotliDecompress(body, { maxOutputLength })],
  ['zstd', (body, maxOutputLength) => zstdDecompress(body, { maxOutputLength, params: ZSTD_WINDOW })],
]);

/** The Accept-Encoding header of calls. */
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

/** Most codings that may be applied one after another. */
const MAX_CODINGS = 4;

/** A body does not match its Content-Encoding, or is too large when decoded. */
export class UndecodableError extends Error {}

/** The codings of a Content-Encoding header, in the order in which they were applied. */
export function contentCodings(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  const names = String(header).split(',');
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

/**
 * Decodes content codings, the last one first, in the thread pool. Each result may have at most `maxBytes`. Rejects with
 * UndecodableError for an unknown coding, too many codings, and a body that is truncated, corrupt or too large.
 */
export async function decode(body: Buffer, codings: readonly string[], maxBytes: number): Promise<Buffer> {
  if (codings.length > MAX_CODINGS) throw new UndecodableError('The body has too many content codings.');
  let decoded = body;
  for (const name of codings.toReversed()) {
    const decodeOne = CODINGS.get(name);
    if (!decodeOne) throw new UndecodableError('The body has an unknown content coding.');
    try {
      decoded = await decodeOne(decoded, maxBytes);
    } catch (error) {
      const reason = isTooLarge(error) ? `is larger than ${maxBytes} bytes decoded` : `cannot be decoded as ${name}`;
      throw new UndecodableError(`The body ${reason}.`, { cause: error });
    }
  }
  return decoded;
}

/** Many servers send raw deflate as "deflate", although RFC 9110 (section 8.4.1.2) requires the zlib format. */
function isZlib([first = 0, second = 0]: Buffer): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
