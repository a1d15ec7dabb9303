import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** Asks on a connection of its own, with what fetch does not let one say: headers that are its own, the address to ask from. */
export async function ask(url: string, { body, ...options }: RequestOptions & { body?: string } = {}): Promise<Reply> {
  const asked = request(url, { agent: false, ...options }).end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
}
