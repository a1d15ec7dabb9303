/** The upstream services of the benchmark: users, orders and catalog in one process, served from memory. Listens on PORT. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createAnswers } from './upstream/answers.ts';
import { createCounter } from './upstream/counter.ts';

const KEEP_ALIVE_MS = 600_000;

let answerTo = createAnswers({ orders: 50, products: 20 });
const counter = createCounter();

const server = createServer((request, response) => {
  const url = request.url ?? '';
  if (url.startsWith('/bench/')) control(request, response, url);
  else serve(request, response, url);
});
// Keeps connections open during the other contenders' turns, so that no contender pays for reconnecting.
server.keepAliveTimeout = KEEP_ALIVE_MS;
server.listen(Number(process.env['PORT']), '127.0.0.1');

function serve(request: IncomingMessage, response: ServerResponse, url: string): void {
  counter.count(url);
  const caller = request.headers['x-user-id'];
  const answer = answerTo(url, typeof caller === 'string' ? caller : undefined);
  if (answer.etag !== undefined && request.headers['if-none-match'] === answer.etag) {
    response.writeHead(304, answer.headers).end();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

/** POST /bench/size?orders=50&products=20 sets the size of the data. POST /bench/calls returns and resets the call counts. */
function control(request: IncomingMessage, response: ServerResponse, url: string): void {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  if (request.method === 'POST' && pathname === '/bench/size') {
    answerTo = createAnswers({
      orders: Number(searchParams.get('orders')),
      products: Number(searchParams.get('products')),
    });
    response.writeHead(204).end();
  } else if (request.method === 'POST' && pathname === '/bench/calls') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(counter.take()));
  } else {
    response.writeHead(404).end();
  }
}
