import type { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { InterimResponses } from './interim-responses.ts';

/** The data that undici reads from a socket on which these chunks arrive. */
function readAll(...chunks: string[]): string[] {
  const left = chunks.map((chunk) => Buffer.from(chunk));
  const socket = { read: () => left.shift() ?? null } as unknown as Socket;
  const interim = new InterimResponses();
  interim.filter(socket);
  interim.awaitResponse();
  const read: string[] = [];
  for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) read.push(String(chunk));
  return read;
}

const FINAL = 'HTTP/1.1 200 OK\r\n\r\n';
const MAX_HEAD_BYTES = 16 * 1024;
const headOf = (bytes: number) => 'HTTP/1.1 103 Early Hints\r\nx: '.padEnd(bytes, 'x');

test('the head of an interim response may arrive in parts, up to 16 KB of it', () => {
  expect(readAll(headOf(MAX_HEAD_BYTES), `\r\n\r\n${FINAL}`)).toEqual([FINAL]);
  const tooLong = headOf(MAX_HEAD_BYTES + 1);
  expect(readAll(tooLong, `\r\n\r\n${FINAL}`)).toEqual([tooLong, `\r\n\r\n${FINAL}`]);
});

test('bytes after the response has begun are passed on as they are', () => {
  const later = 'HTTP/1.1 100 Continue\r\n\r\n';
  expect(readAll(FINAL, later)).toEqual([FINAL, later]);
  expect(readAll('HTTP/1.1 2', '00 OK\r\n\r\n')).toEqual(['HTTP/1.1 200 OK\r\n\r\n']);
});
