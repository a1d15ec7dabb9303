import { promisify } from 'node:util';
import zlib from 'node:zlib';

type Decode = (body: Buffer, maxBytes: number) => Promise<Buffer>;

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);
const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate);
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw);
const brotliDecompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress);
const zstdDecompress = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress);

/** Content codings must not need more memory than this for their window: 8 MB (RFC 9659). */
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

/** The codings that services are told of, by Accept-Encoding. */
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

/** Each coding may be applied to the result of another; nobody needs more of them than this. */
const MAX_CODINGS = 4;

/** A body is not what its Content-Encoding says, or becomes too large. */
export class UndecodableError extends Error {}

/** The codings of a Content-Encoding header, in the order in which they were applied. */
export function contentCodings(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  const names = String(header).split(',');
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

/**
 * Undoes content codings, the last one first, within a bound on the bytes that each of them gives. The thread pool does the
 * work. Rejects with UndecodableError for an unknown coding, for too many of them, and for a body that is cut short, broken or
 * too large.
 */
export async function decode(body: Buffer, codings: readonly string[], maxBytes: number): Promise<Buffer> {
  if (codings.length > MAX_CODINGS) throw new UndecodableError('The body has too many content codings.');
  let decoded = body;
  for (const name of codings.toReversed()) {
    const undo = CODINGS.get(name);
    if (!undo) throw new UndecodableError('The body has an unknown content coding.');
    try {
      decoded = await undo(decoded, maxBytes);
    } catch (error) {
      const reason = isTooLarge(error) ? `is larger than ${maxBytes} bytes decoded` : `cannot be decoded as ${name}`;
      throw new UndecodableError(`The body ${reason}.`, { cause: error });
    }
  }
  return decoded;
}

/** Many servers send raw deflate as "deflate", where RFC 9110 (section 8.4.1.2) asks for the zlib format around it. */
function isZlib([first = 0, second = 0]: Buffer): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

function isTooLarge(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
