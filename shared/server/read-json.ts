import express, { type NextFunction, type RequestHandler } from 'express';
import { BadRequestError } from '../request/errors.ts';
import { MAX_BODY_BYTES } from './checks.ts';

/** JSON in UTF-8, as it stands: what clients send, and what needs no decoding. */
const PLAIN = /^application\/json(?:; ?charset=utf-8)?$/i;

/** Longest time for a body to arrive; who takes longer would have the place of a request meanwhile. */
const LONGEST_MS = 10_000;

/**
 * Parses a body of JSON into `request.body`. Bodies of a known length that are neither encoded nor in another charset are
 * read here, which costs a third of what Express' parser does; all others are left to it.
 */
export function readJson(longestMs = LONGEST_MS): RequestHandler {
  const parseByExpress = express.json({ limit: MAX_BODY_BYTES, strict: false });
  return (request, response, goOn) => {
    const next = withinTime(goOn, longestMs);
    const { 'content-type': type, 'content-length': length, 'content-encoding': encoding } = request.headers;
    // checkJson has refused announced lengths that are too large, and Node reads no more than was announced.
    if (length === undefined || encoding !== undefined || !PLAIN.test(type ?? '')) {
      parseByExpress(request, response, next);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('error', () => next(new BadRequestError(400, 'The body was cut short.')));
    request.once('end', () => {
      try {
        request.body = parse(chunks);
      } catch {
        next(new BadRequestError(400, 'The request is not well-formed.'));
        return;
      }
      next();
    });
  };
}

/** `next` for the first outcome, which is a refusal where there is none in time. */
function withinTime(next: NextFunction, longestMs: number): NextFunction {
  let isOver = false;
  const once = (error?: unknown) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(late);
    next(error);
  };
  const late = setTimeout(() => once(new BadRequestError(408, 'The request took too long.')), longestMs).unref();
  return once;
}

function parse([first, ...others]: readonly Buffer[]): unknown {
  if (first === undefined) return {};
  const text = (others.length === 0 ? first : Buffer.concat([first, ...others])).toString('utf8');
  // A byte order mark is no JSON (RFC 8259, section 8.1), but a parser may ignore it.
  return JSON.parse(text.charCodeAt(0) === 0xfe_ff ? text.slice(1) : text);
}
