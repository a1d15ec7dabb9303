/** Users, orders and catalog in one process, from memory: healthy at first, slow and flaky after POST /soak/faults. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createAnswers } from '../upstream/answers.ts';
import { createFaults, createRandom } from './faults.ts';

const SEED = 42;
const KEEP_ALIVE_MS = 65_000;

const answerTo = createAnswers({ orders: 50, products: 20 });
const nextFault = createFaults(createRandom(SEED));
let isFaulty = false;

const server = createServer(async (request, response) => {
  if (request.url === '/soak/faults') {
    isFaulty = true;
    response.writeHead(204).end();
  } else if (isFaulty) {
    const { delayMs, fault } = nextFault();
    await delay(delayMs);
    if (fault === undefined) serve(request, response);
    else if (fault === 'reset') request.socket.resetAndDestroy();
    else response.writeHead(fault).end();
  } else {
    serve(request, response);
  }
});
server.keepAliveTimeout = KEEP_ALIVE_MS;
server.listen(Number(process.env['PORT']), '127.0.0.1');

function serve(request: IncomingMessage, response: ServerResponse): void {
  const caller = request.headers['x-user-id'];
  const { status, headers, body } = answerTo(request.url ?? '', typeof caller === 'string' ? caller : undefined);
  response.writeHead(status, headers).end(body);
}
