import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ErrorCode, UnauthenticatedError } from '../../request/errors.ts';
import { type Logger, REQUEST_LINE } from '../../telemetry/log.ts';
import { NO_SCREEN } from '../../telemetry/request-metrics.ts';
import type { FixedHeaders } from '../output/security-headers.ts';

/** Time for the caller to read the response before the connection is closed, in milliseconds. */
const LINGER_MS = 1_000;

interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** A request with the method CONNECT, for which Node emits a socket. */
export class ConnectError extends Error {}

export type ClientErrorHandler = (error: ParserError, socket: Duplex) => void;

/**
 * Answers and logs what Node's parser rejects before there is a request, in the format of all other errors. `credential` is the header that
 * identifies the caller.
 */
export function clientErrorHandler(credential: string, fixed: FixedHeaders, log: Logger): ClientErrorHandler {
  return (error, socket) => {
    // Node has removed its own listener.
    socket.on('error', () => {});
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, code, message, allow } = describe(error, credential);
    const requestId = randomUUID();
    log.info({ requestId, route: 'other', screen: NO_SCREEN, outcome: 'refused', status, code }, REQUEST_LINE);
    const body = JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] });
    // A caller that keeps its side open would keep the connection, and the slot of a request on it.
    const linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => clearTimeout(linger));
    socket.end(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        'Content-Type: application/json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Cache-Control: no-store',
        ...(allow === undefined ? [] : [`Allow: ${allow}`]),
        `X-Request-Id: ${requestId}`,
        ...Object.entries(fixed).map(([name, value]) => `${name}: ${value}`),
        'Connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it finds control characters
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

interface Description {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly allow?: string;
}

function describe(error: ParserError, credential: string): Description {
  const badRequest = { code: ErrorCode.BadRequest, message: 'The request is not well-formed.' };
  if (error instanceof ConnectError)
    return {
      ...badRequest,
      status: 405,
      message: 'The method CONNECT is not supported.',
      allow: 'GET, HEAD, POST, OPTIONS',
    };
  if (error.code === 'HPE_HEADER_OVERFLOW')
    return { ...badRequest, status: 431, message: 'The headers are too large.' };
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { ...badRequest, status: 408, message: 'The request took too long.' };
  // A control character in the identity header is a malformed identity (401), although the parser finds it first.
  const lines = error.rawPacket?.toString('latin1').split('\n') ?? [];
  const start = `${credential.toLowerCase()}:`;
  const isStart = (line: string) => line.slice(0, start.length).toLowerCase() === start;
  if (lines.some((line) => isStart(line) && CONTROL.test(line))) {
    const { code, message } = new UnauthenticatedError(credential);
    return { status: 401, code, message };
  }
  return { ...badRequest, status: 400 };
}
