import type { Illness } from './service-group.ts';

/** Answers with a status and no body. */
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Illness =>
  (response) =>
    response.writeHead(code, headers).end();

/** Never answers. Start the BFF with a small SERVICE_TIMEOUT_MS, or the test takes as long as its timeout. */
const hang: Illness = () => {};

/** Resets the connection without an answer. */
const reset: Illness = (response) => void response.socket?.resetAndDestroy();

/** Answers 200 with a page of HTML, as a proxy or a login page would. */
const html: Illness = (response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><h1>Welcome</h1>');

/** Answers 200 with JSON that ends too early. */
const cutJson: Illness = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[{"id":');

/** Faults for `FakeServices.fail`. */
export const faults = { status, hang, reset, html, cutJson } as const;
