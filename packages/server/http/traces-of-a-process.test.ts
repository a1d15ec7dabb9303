import { once } from 'node:events';
import { createServer } from 'node:net';
import { json, startLocalService } from '@facet/testing/internal/local-service.ts';
import { startOtlpReceiver } from '@facet/testing/internal/otlp-receiver.ts';
import { messagesIn, type Run, runsScripts } from '@facet/testing/internal/run.ts';
import { newCallersSpan, spanNamed } from '@facet/testing/internal/tracing.ts';
import { describe, expect, test } from '@jest/globals';

const run = runsScripts();
const NEVER_MS = '600000';

const startMembers = () =>
  startLocalService((_request, response) => json(response, [{ id: 'm_42', firstName: 'Ada' }]));

async function greet({ port }: Run, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(`http://localhost:${await port}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'X-Member-Id': 'm_42', connection: 'close' },
    body: '{"query":"{ home { greeting } }"}',
  });
  expect(await answer.json()).toEqual({ data: { home: { greeting: 'Hi Ada' } } });
}

describe('a BFF as a process', () => {
  test('sends its last traces before it ends, as the standard variables say', async () => {
    await using members = await startMembers();
    await using receiver = await startOtlpReceiver();
    const process = run('bffs/mobile/main.ts', {
      PORT: '0',
      MEMBERS_URL: members.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret%20key',
      OTEL_SERVICE_NAME: 'phones',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_BSP_SCHEDULE_DELAY: NEVER_MS,
    });
    const { traceId, headers } = newCallersSpan();
    await greet(process, headers);
    expect(receiver.arrived).toEqual([]);
    process.child.kill('SIGTERM');
    const { exitCode, output } = await process.ended;
    expect(exitCode).toBe(0);
    expect(messagesIn(output).slice(-2)).toEqual(['stopping', 'stopped']);
    const spans = receiver.spans.filter((span) => span.traceId === traceId);
    expect(spans.map(({ name }) => name).sort()).toEqual([
      'GET /members?ids={ids}',
      'POST /graphql',
      'home.greeting',
      'members GET /members?ids',
      'query',
      'wave 1',
    ]);
    expect(spanNamed(spans, 'POST /graphql').resource).toMatchObject({
      'service.name': 'phones',
      'deployment.environment.name': 'test',
    });
    expect(receiver.arrived.map(({ headers: sent }) => sent['api-key'])).toEqual(['secret key']);
  });

  test('has an address for traces alone, and can have them compressed', async () => {
    await using members = await startMembers();
    await using collector = await startLocalService((_request, response) => json(response, {}));
    const process = run('bffs/mobile/main.ts', {
      PORT: '0',
      MEMBERS_URL: members.url,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/mine`,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    await greet(process);
    process.child.kill('SIGTERM');
    await process.ended;
    expect(collector.arrived).toMatchObject([{ url: '/mine', headers: { 'content-encoding': 'gzip' } }]);
  });

  test('does not wait for a collector that hangs', async () => {
    await using members = await startMembers();
    await using collector = await startLocalService(() => {});
    const process = run('bffs/mobile/main.ts', {
      PORT: '0',
      MEMBERS_URL: members.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: NEVER_MS,
      // The process would wait longer for its collector than this test may take.
      OTEL_EXPORTER_OTLP_TIMEOUT: NEVER_MS,
    });
    await greet(process);
    process.child.kill('SIGTERM');
    expect((await process.ended).exitCode).toBe(0);
    // It was tried.
    expect(collector.arrived).toHaveLength(1);
  });

  test('answers as ever without its collector, and complains once, and at its end', async () => {
    await using members = await startMembers();
    const away = createServer().listen(0, '127.0.0.1');
    await once(away, 'listening');
    const address = away.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    away.close();
    const process = run('bffs/mobile/main.ts', {
      PORT: '0',
      MEMBERS_URL: members.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '50',
      OTEL_BSP_SCHEDULE_DELAY: '1',
    });
    const { promise: complained, resolve } = Promise.withResolvers<void>();
    let output = '';
    process.child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('traces were not sent')) resolve();
    });
    await greet(process);
    await complained;
    for (let requests = 0; requests < 20; requests += 1) await greet(process);
    process.child.kill('SIGTERM');
    const { exitCode, output: all } = await process.ended;
    expect(exitCode).toBe(0);
    const toldAtTheEnd = ['stopping', 'traces were not sent', 'stopped'];
    expect(messagesIn(all).slice(1)).toEqual(['traces were not sent', ...toldAtTheEnd]);
  });

  test.each([
    ['without an address', {}, false],
    ['switched off', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }, false],
    [
      'with another exporter',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_EXPORTER: 'none' },
      false,
    ],
    ['with an address', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, true],
  ])('%s it loads of OpenTelemetry what it needs, and that may be nothing', async (_name, environment, isLoaded) => {
    await using members = await startMembers();
    const process = run('bffs/mobile/main.ts', {
      PORT: '0',
      MEMBERS_URL: members.url,
      NODE_OPTIONS: '--import @facet/testing/internal/tell-loaded.ts',
      // prom-client has a part of OpenTelemetry of its own.
      METRICS: 'off',
      ...environment,
    });
    await greet(process, newCallersSpan().headers);
    process.child.kill('SIGTERM');
    const { output } = await process.ended;
    expect(output).toMatch(/^loaded .*\/packages\/server\/http\/serve\.ts$/m);
    expect(/^loaded .*(@opentelemetry|telemetry\/otel)/m.test(output)).toBe(isLoaded);
  });

  test('reports what is wrong with their settings beside all else', async () => {
    const environment = {
      PORT: 'many',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: '2',
    };
    const { exitCode, output } = await run('bffs/mobile/main.ts', environment).ended;
    expect(exitCode).toBe(1);
    for (const name of Object.keys(environment)) expect(output).toContain(`${name}:`);
  });
});
