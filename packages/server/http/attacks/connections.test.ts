import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { json, type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { callDeaf, sendRaw } from '@facet/testing/internal/raw.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bff } from '../bff.ts';

const BODY = JSON.stringify({ query: '{ __typename }' });

/** Everyone else gets an ordinary answer, as often as there are slots and once more. */
async function expectOthersAnswered(running: RunningBff, slots: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: slots }, () => running.query('{ __typename }')));
  answers.push(await running.query('{ __typename }'));
  expect(answers.map(({ status, data }) => ({ status, data }))).toEqual(
    answers.map(() => ({ status: 200, data: { __typename: 'Query' } })),
  );
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    expect({ path, status: (await fetch(running.url + path)).status }).toEqual({ path, status: 200 });
  }
  await until(() => running.serverLoad.inFlight === 0);
}

describe.each(CLIENTS)('callers of $client', (bff: Bff) => {
  const identity = `${bff.identity.header}: ${bff.identity.exampleId}\r\n`;
  const post = (length: number, more = identity) =>
    `POST /graphql HTTP/1.1\r\nHost: x\r\n${more}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
  const SLOTS = 4;

  test('who pipeline requests without an identity, and never read, hold no slot', async () => {
    await using running = await startBff(bff, {}, { MAX_IN_FLIGHT: String(SLOTS) });
    const request = `GET /graphql?query={__typename} HTTP/1.1\r\nHost: x\r\nX-Padding: ${'x'.repeat(900)}\r\n\r\n`;
    using _deaf = callDeaf(running.url, 40, request.repeat(400));
    await until(() => running.serverLoad.closed.pipelining === 40);
    await expectOthersAnswered(running, SLOTS);
    expect(running.serverLoad.shed.in_flight).toBe(0);
  });

  test('who send half of a body hold no slot', async () => {
    await using running = await startBff(bff, {}, { MAX_IN_FLIGHT: String(SLOTS) });
    using _deaf = callDeaf(running.url, 60, `${post(BODY.length)}${BODY.slice(0, 5)}`);
    await until(() => running.serverLoad.arriving === 60);
    expect(running.serverLoad.inFlight).toBe(0);
    await expectOthersAnswered(running, SLOTS);
    expect(running.serverLoad.shed.in_flight).toBe(0);
  });

  test('who send half of a body are answered 408 in time, and hung up on', async () => {
    await using running = await startBff(bff, {}, { BODY_TIMEOUT_MS: '50' });
    const answer = await sendRaw(running.url, `${post(BODY.length)}${BODY.slice(0, 5)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*\r\nConnection: close\r\n[\s\S]*"BAD_REQUEST"/);
    expect(running.serverLoad).toMatchObject({ arriving: 0, inFlight: 0 });
  });

  test('who send half of a body without an identity are not waited for', async () => {
    await using running = await startBff(bff, {});
    using deaf = callDeaf(running.url, 1, `${post(BODY.length, '')}${BODY.slice(0, 5)}`);
    const { promise: answered, resolve } = Promise.withResolvers<string>();
    deaf.sockets[0]?.once('data', (chunk) => resolve(String(chunk))).resume();
    expect(await answered).toMatch(/^HTTP\/1\.1 401 /);
    expect(running.serverLoad.arriving).toBe(0);
  });

  test('without an identity are told so while all slots are taken', async () => {
    const { promise: open, resolve: answerAll } = Promise.withResolvers<void>();
    await using service = await startLocalService(async (_request, response) => {
      await open;
      json(response, []);
    });
    const urls = { members: service.url, loans: service.url, library: service.url };
    await using running = await startBff(bff, urls, { MAX_IN_FLIGHT: '1' });
    const [[screen, variables] = ['', {}]] = Object.entries(bff.examples);
    const admitted = running.screen(screen, variables);
    await until(() => running.serverLoad.inFlight === 1);
    const stranger = { [bff.identity.header]: '' };
    expect((await running.query('{ __typename }', {}, stranger)).status).toBe(401);
    expect((await fetch(`${running.url}/screens/${screen}`)).status).toBe(401);
    expect((await running.query('{ __typename }')).status).toBe(503);
    expect(running.serverLoad.shed.in_flight).toBe(1);
    answerAll();
    expect((await admitted).status).toBe(200);
  });

  test('who fill the memory with bodies that never end are refused, the oldest of them first', async () => {
    await using running = await startBff(bff, {});
    const length = 100 * 1024;
    using _deaf = callDeaf(running.url, 200, `${post(length)}${'x'.repeat(length - 1)}`);
    await until(() => running.serverLoad.arriving + running.serverLoad.shed.body_memory === 200);
    await until(() => running.serverLoad.shed.body_memory > 30);
    await expectOthersAnswered(running, 1);
  });

  test('who open connections without end leave room for others', async () => {
    const { promise: open, resolve: answerAll } = Promise.withResolvers<void>();
    await using service = await startLocalService(async (_request, response) => {
      await open;
      json(response, []);
    });
    const urls = { members: service.url, loans: service.url, library: service.url };
    await using running = await startBff(bff, urls, { MAX_CONNECTIONS: '10' });
    const [[screen, variables] = ['', {}]] = Object.entries(bff.examples);
    const admitted = running.screen(screen, variables);
    await until(() => running.serverLoad.inFlight === 1);
    using _deaf = callDeaf(running.url, 30, 'GET /graphql HTTP/1.1\r\n');
    await until(() => running.serverLoad.closed.limit >= 21);
    expect(running.serverLoad.connections).toBe(10);
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await fetch(running.url + path)).status).toBe(200);
    expect((await running.query('{ __typename }')).status).toBe(200);
    answerAll();
    expect((await admitted).status).toBe(200);
  });
});

describe('callers who do not read a large response', () => {
  /** More than the system's own buffers take. */
  const BYTES = 8 * 1024 * 1024;
  const query = `{ ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: book(id: "b_1") { description }`).join(' ')} }`;
  const body = JSON.stringify({ query });
  const large = `POST /graphql HTTP/1.1\r\nHost: x\r\nX-Member-Id: m_42\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  let service: LocalService;
  beforeAll(async () => {
    const row = { id: 'b_1', description: 'x'.repeat(BYTES / 4) };
    service = await startLocalService((_request, response) => json(response, [row]));
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
  });
  const start = (settings: Record<string, string>) =>
    startBff(
      web,
      { members: service.url, loans: service.url, library: service.url },
      // The test's machine may be slow.
      { SERVICE_TIMEOUT_MS: '60000', REQUEST_DEADLINE_MS: '60000', ...settings },
    );

  test('give their slots back as soon as it is written', async () => {
    await using running = await start({ MAX_IN_FLIGHT: '1' });
    const callers: Disposable[] = [];
    const before = service.arrived.length;
    for (let caller = 1; caller <= 3; caller += 1) {
      callers.push(callDeaf(running.url, 1, large));
      await until(() => service.arrived.length === before + caller && running.serverLoad.inFlight === 0);
    }
    expect(running.serverLoad.connections).toBe(3);
    await expectOthersAnswered(running, 1);
    for (const caller of callers) caller[Symbol.dispose]();
  });

  test('are hung up on when they read nothing for too long, whatever they send meanwhile', async () => {
    await using running = await start({ WRITE_TIMEOUT_MS: '100' });
    using deaf = callDeaf(running.url, 2, large);
    const talking = setInterval(() => {
      for (const socket of deaf.sockets) socket.write('G');
    }, 20);
    try {
      await until(() => running.serverLoad.closed.write_timeout === 2);
    } finally {
      clearInterval(talking);
    }
    await until(() => running.serverLoad.connections === 0);
    await expectOthersAnswered(running, 1);
  });

  test('do not fill the memory: the oldest of them are hung up on', async () => {
    await using running = await start({});
    using _deaf = callDeaf(running.url, 6, large);
    await until(() => running.serverLoad.closed.unsent_memory >= 2);
    await expectOthersAnswered(running, 1);
  });
});
