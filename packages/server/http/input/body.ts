import { isUtf8 } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Request, Response } from 'express';
import { BadRequestError, CallerGoneError, OverloadedError } from '../../request/errors.ts';
import { parseExactly } from '../../request/exact-json.ts';
import type { ByteBudget } from '../overload/byte-budget.ts';
import type { ServerLoad } from '../overload/server-load.ts';

/** Largest body of a request in bytes, as it is sent and as it is decoded. */
const MAX_BODY_BYTES = 100 * 1024;

/** Memory of a chunk beside its bytes. A caller that sends single bytes creates one chunk for each. */
const CHUNK_BYTES = 256;

/** One instance for all requests, whose stack is not logged. */
const EVICTED = new OverloadedError();

export interface BodyLimits {
  /** Longest time for a body to arrive, in milliseconds. */
  readonly timeoutMs: number;
  /** Bounds the memory of all bodies that are arriving. */
  readonly budget: ByteBudget;
  readonly load: ServerLoad;
}

/** The JSON value in the body of a request. Throws BadRequestError or OverloadedError. */
export async function readJson(request: Request, response: Response, limits: BodyLimits): Promise<unknown> {
  checkJson(request, response);
  return parseJson(request, await readBody(request, response, limits));
}

/**
 * Rejects a body that is not JSON in UTF-8, is announced as too large, or has an unknown encoding; before it is read. Browsers send all
 * other types to another origin without a preflight request (CSRF).
 */
export function checkJson(request: Request, response: ServerResponse): void {
  const { 'content-length': length, 'transfer-encoding': transferEncoding } = request.headers;
  if (length === undefined && transferEncoding === undefined) throw new BadRequestError(400, 'The body is missing.');
  if (Number(length) > MAX_BODY_BYTES) {
    // Otherwise Node would read the rest of the body before the next request.
    response.setHeader('Connection', 'close');
    throw tooLarge();
  }
  // The usual type first: Express takes longer to parse a media type.
  if (request.headers['content-type'] !== 'application/json') checkMediaType(request);
  const encoding = request.headers['content-encoding']?.toLowerCase();
  if (encoding !== undefined && encoding !== 'identity' && !DECODERS.has(encoding)) {
    throw new BadRequestError(415, 'The body must be in gzip, deflate or br, or not encoded.');
  }
}

function checkMediaType(request: Request): void {
  if (!request.is('application/json')) throw new BadRequestError(415, 'The body must be application/json.');
  const [, charset = 'utf-8'] = /;[ \t]*charset=([^;]*)/i.exec(request.headers['content-type'] ?? '') ?? [];
  if (!/^"?utf-8"?$/i.test(charset.trim())) throw new BadRequestError(415, 'The body must be in UTF-8.');
}

/**
 * Reads a body. The request holds no slot of the admission meanwhile. Rejects with BadRequestError if it is too large, incomplete or too
 * slow, with OverloadedError if other bodies need the memory, and with CallerGoneError.
 */
export function readBody(
  request: Request,
  response: ServerResponse,
  { timeoutMs, budget, load }: BodyLimits,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The caller may have hung up while its identity was verified. No event would come.
    if (response.destroyed) throw new CallerGoneError();
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
        // The rest of the body stays unread.
        if (!response.headersSent) response.setHeader('Connection', 'close');
        reject(error);
      } else {
        resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
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
    request.once('error', () => settle(new BadRequestError(400, 'The body is incomplete.')));
    request.once('end', () => settle());
  });
}

/** The body that a parser of the host application has read, such as express.json(); undefined if no parser has. */
export function parsedBody(request: Request): object | undefined {
  return request.readableEnded ? Object(request.body) : undefined;
}

/**
 * Decodes and parses a body, unless the host application has done so. `checkJson` has rejected all other encodings and charsets. Throws
 * BadRequestError.
 */
export async function parseJson(request: Request, body: object): Promise<unknown> {
  if (!Buffer.isBuffer(body)) return body;
  const encoding = request.headers['content-encoding'];
  const decode = encoding === undefined ? undefined : DECODERS.get(encoding.toLowerCase());
  if (!decode) return parse(body);
  try {
    return parse(await decode(body, { maxOutputLength: MAX_BODY_BYTES }));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : malformed();
  }
}

type Decode = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** By Content-Encoding. */
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
    // A byte order mark is not JSON (RFC 8259, section 8.1), but a parser may ignore it.
    return parseExactly(text.charCodeAt(0) === 0xfe_ff ? text.slice(1) : text, body);
  } catch {
    throw malformed();
  }
}

const malformed = () => new BadRequestError(400, 'The request is not well-formed.');
const tooLarge = () => new BadRequestError(413, 'The body is larger than 100 KB.');
