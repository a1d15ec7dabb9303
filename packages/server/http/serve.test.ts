import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { messagesIn, runsScripts } from '@facet/testing/internal/run.ts';
import { describe, expect, test } from '@jest/globals';

const run = runsScripts();

/** Requests under way at the stop; more than a service may be retried at once. */
const HANGING = 50;

describe('a BFF as a process', () => {
  test('reports all problems of its settings at once, and exits with 1', async () => {
    const environment = {
      PORT: 'many',
      MEMBERS_URL: 'ftp://x',
      LOANS_URL: 'http://user:secret@x/',
      LIBRARY_URL: 'http://x/base?key=1',
      REQUEST_DEADLINE_MS: '-5',
      ALLOWED_ORIGINS: 'a b',
      SANDBOX: '?',
      METRICS_PORT: '70000',
      LOG_FORMAT: 'xml',
    };
    const { exitCode, output } = await run('bffs/mobile/main.ts', environment).ended;
    expect(exitCode).toBe(1);
    for (const name of Object.keys(environment)) expect(output).toContain(`${name}:`);
  });

  test('explains its settings', async () => {
    const { exitCode, output } = await run('bffs/partner/main.ts', {}, '--help').ended;
    expect(exitCode).toBe(0);
    for (const name of [
      'PORT',
      'MEMBERS_URL',
      'LOANS_URL',
      'LIBRARY_URL',
      'SERVICE_TIMEOUT_MS',
      'REQUEST_DEADLINE_MS',
      'ALLOWED_ORIGINS',
      'SANDBOX',
      'INTROSPECTION',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'METRICS',
      'METRICS_PORT',
    ]) {
      expect(output).toMatch(new RegExp(`^ {2}${name} .*\\w.*\\(.+\\)$`, 'm'));
    }
  });

  test('names a port that is in use, and exits with 1', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const { exitCode, output } = await run('bffs/web/main.ts', { PORT: port }).ended;
    other.close();
    expect(exitCode).toBe(1);
    expect(output).toContain(`port ${port} is in use`);
  });

  test('accepts a burst of connections while its event loop is busy', async () => {
    const { child, port, ended } = run('bffs/web/main.ts', { PORT: '0' });
    const to = Number(await port);
    // A stopped process accepts nothing: the connections wait in the kernel.
    child.kill('SIGSTOP');
    const sockets = await Promise.all(Array.from({ length: Math.min(2_000, mostWaiting()) }, () => connected(to)));
    child.kill('SIGCONT');
    expect(await Promise.all(sockets.map(statusOfHealthz))).toEqual(sockets.map(() => 'HTTP/1.1 200 OK'));
    for (const socket of sockets) socket.destroy();
    child.kill('SIGTERM');
    expect((await ended).exitCode).toBe(0);
  });

  test('survives connections that it cannot accept, and logs them once', async () => {
    const { child, port, ended } = run('packages/testing/accept-error.ts', { PORT: '0' });
    const { status } = await fetch(`http://localhost:${await port}/healthz`);
    expect(status).toBe(200);
    child.kill('SIGTERM');
    const { exitCode, output } = await ended;
    expect(exitCode).toBe(0);
    expect(messagesIn(output)).toEqual([
      `listening on http://localhost:${await port}`,
      'a connection could not be accepted',
      'stopping',
      'stopped',
    ]);
  });

  test('serves its metrics on a port of their own, and then on no other', async () => {
    const { child, port, ended } = run('bffs/web/main.ts', { PORT: '0', METRICS_PORT: '0' });
    let printed = '';
    const metricsPort = new Promise<string>((resolve) => {
      child.stdout.on('data', (chunk) => {
        printed += chunk;
        const said = /"metricsPort":(\d+)/.exec(printed)?.[1];
        if (said !== undefined) resolve(said);
      });
    });
    const metrics = `http://localhost:${await metricsPort}`;
    expect(await (await fetch(`${metrics}/metrics`)).text()).toContain('# TYPE facet_requests_total counter');
    expect((await fetch(`${metrics}/healthz`)).status).toBe(404);
    expect((await fetch(`http://localhost:${await port}/metrics`)).status).toBe(404);
    child.kill('SIGTERM');
    expect((await ended).exitCode).toBe(0);
  });

  test('names a port for metrics that is in use, and exits with 1', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { exitCode, output } = await run('bffs/web/main.ts', { PORT: '0', METRICS_PORT: String(port) }).ended;
    other.close();
    expect(exitCode).toBe(1);
    expect(output).toContain(`port ${port} is in use; set METRICS_PORT to another`);
  });

  test('logs for people where it is told to, and JSON where the package for that is not there', async () => {
    const { child, ended } = run('bffs/web/main.ts', { PORT: '0', LOG_FORMAT: 'pretty', METRICS: 'off' });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect((await ended).output).toMatch(/INFO: listening on http:\/\/localhost:\d+/);
  });

  test('answers what is under way when it is told to stop, and exits with 0', async () => {
    let release: () => void = () => {};
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    await using service = await startLocalService(async (_request, response) => {
      arrive();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      json(response, [{ id: 'm_42', firstName: 'Ada' }]);
    });
    const { child, port: listening, ended } = run('bffs/mobile/main.ts', { PORT: '0', MEMBERS_URL: service.url });
    const port = await listening;
    expect((await fetch(`http://localhost:${port}/readyz`)).status).toBe(200);
    const answer = fetch(`http://localhost:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Member-Id': 'm_42' },
      body: '{"query":"{ home { greeting } }"}',
    });
    await arrived;
    child.kill('SIGTERM');
    // The signal has been handled once new connections are refused.
    while (
      await fetch(`http://localhost:${port}/healthz`).then(
        () => true,
        () => false,
      )
    );
    release();
    expect((await answer).headers.get('connection')).toBe('close');
    expect(await (await answer).json()).toEqual({ data: { home: { greeting: 'Hi Ada' } } });
    expect((await ended).exitCode).toBe(0);
  });

  test('says first that it is not ready, and goes on answering for the time to drain, however often it is told', async () => {
    await using service = await startLocalService((_request, response) =>
      json(response, [{ id: 'm_42', firstName: 'Ada' }]),
    );
    const environment = { PORT: '0', MEMBERS_URL: service.url, DRAIN_MS: '60000' };
    const { child, port: listening, ended } = run('bffs/mobile/main.ts', environment);
    const port = await listening;
    child.kill('SIGTERM');
    while ((await fetch(`http://localhost:${port}/readyz`)).status === 200);
    child.kill('SIGTERM');
    const answer = await fetch(`http://localhost:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Member-Id': 'm_42' },
      body: '{"query":"{ home { greeting } }"}',
    });
    expect(await answer.json()).toEqual({ data: { home: { greeting: 'Hi Ada' } } });
    // So that whoever keeps connections leaves by themselves.
    expect(answer.headers.get('connection')).toBe('close');
    // One Ctrl-C is no more than that; another one ends it at once.
    child.kill('SIGINT');
    for (let times = 0; times < 2; times += 1) {
      expect((await fetch(`http://localhost:${port}/healthz`)).status).toBe(200);
    }
    child.kill('SIGINT');
    expect((await ended).exitCode).toBe(0);
  });

  test('keeps connections for longer than a load balancer does', async () => {
    const { port } = run('bffs/mobile/main.ts', { PORT: '0' });
    const { headers } = await fetch(`http://localhost:${await port}/healthz`);
    const [, seconds] = /^timeout=(\d+)$/.exec(headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  test('ends within its limit where a service hangs and its callers would wait on, with nothing to complain of', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    await using service = await startLocalService(() => {
      if (service.arrived.length === HANGING) arrive();
    });
    const patience = { SERVICE_TIMEOUT_MS: '600000', REQUEST_DEADLINE_MS: '600000' };
    // The test's machine may be slow: all of them have to be let in.
    const environment = { PORT: '0', MEMBERS_URL: service.url, LOG_LEVEL: 'debug', MAX_LAG_MS: '600000', ...patience };
    const { child, port, ended } = run('bffs/mobile/main.ts', environment);
    const url = `http://localhost:${await port}/graphql`;
    const ask = () =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'X-Member-Id': 'm_42' },
        body: '{"query":"{ home { greeting } }"}',
      });
    const answers = Promise.allSettled(Array.from({ length: HANGING }, ask));
    await arrived;
    child.kill('SIGTERM');
    const { exitCode, output } = await ended;
    expect(exitCode).toBe(0);
    // It did not wait for its services: their time would outlast this test.
    expect((await answers).map(({ status }) => status)).toEqual(Array(HANGING).fill('rejected'));
    await Promise.all(service.arrived.map(({ cancelled }) => cancelled));
    // No warning: whom it would concern has gone.
    expect(messagesIn(output)).toEqual([`listening on http://localhost:${await port}`, 'stopping', 'stopped']);
  });

  test('stops even where nobody reads its log any more', async () => {
    const { child, port, ended } = run('bffs/mobile/main.ts', { PORT: '0' });
    await port;
    child.stdout.destroy();
    child.kill('SIGTERM');
    expect((await ended).exitCode).toBe(0);
  });
});

/** How many connections the kernel lets wait. */
function mostWaiting(): number {
  const linux = '/proc/sys/net/core/somaxconn';
  return existsSync(linux) ? Number(readFileSync(linux, 'utf8')) : 128;
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function statusOfHealthz(socket: Socket): Promise<string | undefined> {
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [head] = await once(socket, 'data');
  return String(head).split('\r\n')[0];
}
