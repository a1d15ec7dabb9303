import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { RequestHandler } from 'express';
import { BadRequestError, OverloadedError } from '../request/errors.ts';
import { parseExactly } from '../request/exact-json.ts';
import type { ByteBudget } from './byte-budget.ts';
import { MAX_BODY_BYTES } from './checks.ts';
import type { ServerLoad } from './server-load.ts';

/** Memory that a chunk takes beside its bytes: whoever sends single bytes makes one of each. */
const CHUNK_BYTES = 256;

/** One for all: nobody logs its stack. */
const EVICTED = new OverloadedError();

export interface BodyLimits {
  /** Longest time for a body to arrive, in milliseconds. */
  readonly timeoutMs: number;
  /** Bounds the memory of the bodies that are arriving. */
  readonly budget: ByteBudget;
  readonly load: ServerLoad;
}

/** Reads a body as it is into `request.body`: a Buffer. It takes no place of a request (admission) while it is arriving. */
export function readBody({ timeoutMs, budget, load }: BodyLimits): RequestHandler {
  return (request, response, next) => {
    // The caller may have gone while its identity was verified.
    if (response.destroyed) return;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isOver = false;
    const settle = (error?: BadRequestError | OverloadedError) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(late);
      holding.release();
      load.arriving -= 1;
      if (error) {
        chunks.length = 0;
        // The rest of the body is not waited for.
        if (!response.headersSent) response.setHeader('Connection', 'close');
        next(error);
      } else {
        request.body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        next();
      }
    };
    load.arriving += 1;
    const holding = budget.hold(() => {
      load.shed.body_memory += 1;
      settle(EVICTED);
    });
    const late = setTimeout(() => settle(new BadRequestError(408, 'The request took too long.')), timeoutMs).unref();
    request.on('data', (chunk: Buffer) => {
      if (isOver) return;
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) {
        settle(tooLarge());
        return;
      }
      chunks.push(chunk);
      holding.add(chunk.length + CHUNK_BYTES);
    });
    request.once('error', () => settle(new BadRequestError(400, 'The body was cut short.')));
    request.once('end', () => settle());
  };
}

/** Parses the bytes that `readBody` has read. checkJson has refused all other encodings and charsets. */
export const parseJson: RequestHandler = (request, _response, next) => {
  const encoding = request.headers['content-encoding'];
  const decode = encoding === undefined ? undefined : DECODERS.get(encoding.toLowerCase());
  if (!decode) {
    request.body = parse(request.body);
    next();
    return undefined;
  }
  return decode(request.body, { maxOutputLength: MAX_BODY_BYTES }).then(
    (decoded) => {
      request.body = parse(decoded);
      next();
    },
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : malformed();
    },
  );
};

type Decode = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** By what Content-Encoding says. */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)],
  ['deflate', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)],
  ['br', promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)],
]);

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw malformed();
  const text = body.toString('utf8');
  try {
    // A byte order mark is no JSON (RFC 8259, section 8.1), but a parser may ignore it.
    return parseExactly(text.charCodeAt(0) === 0xfe_ff ? text.slice(1) : text, body);
  } catch {
    throw malformed();
  }
}

const malformed = () => new BadRequestError(400, 'The request is not well-formed.');
const tooLarge = () => new BadRequestError(413, 'The body is larger than 100 KB.');
