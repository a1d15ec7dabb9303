import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { NO_HAPROXY } from '@facet/cli/internal/gateway/haproxy.ts';
import { until } from '@facet/testing/internal/until.ts';
import { describe, expect, test } from '@jest/globals';
import { ENVIRONMENTS } from '../kubernetes/environments.ts';
import { startDnsServer } from './testing/dns-server.ts';
import { startGateway, testedHaproxy } from './testing/gateway.ts';

const DOCS = readFileSync(
  fileURLToPath(new URL('../../docs/how-to/run-behind-the-gateway.md', import.meta.url)),
  'utf8',
);
const [, BY_DNS = ''] = /## Deploy it[\s\S]*?```text\n([\s\S]*?)```/.exec(DOCS) ?? [];

const haproxy = testedHaproxy();

test('has a server slot for every possible pod, including a rollout', () => {
  const slots = Array.from(BY_DNS.matchAll(/server-template \S+ (\d+)/g), ([, count]) => Number(count));
  expect(slots).toHaveLength(3);
  const most = Math.max(...ENVIRONMENTS.map(({ replicas }) => replicas.most));
  expect(Math.min(...slots)).toBeGreaterThanOrEqual(Math.ceil(most * 1.25));
});

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('processes that DNS names', () => byDns(haproxy));

function byDns(binary: string): void {
  test('are discovered and balanced', async () => {
    // Every address of 127.0.0.0/8 is this machine's own.
    const addresses = Array.from({ length: 150 }, (_, index) => `127.0.1.${index + 1}`);
    const [checked, asked] = [new Set<string | undefined>(), new Set<string | undefined>()];
    const server = createServer(({ url, socket }, response) => {
      (url === '/readyz' ? checked : asked).add(socket.localAddress);
      response.end('{}');
    });
    server.listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using dns = await startDnsServer(addresses);
    const servers = BY_DNS.replace('parse-resolv-conf', `nameserver dns 127.0.0.1:${dns.port}`)
      // The other two are there for nothing but their names.
      .replaceAll(/server-template (web|partner)- .*/g, '')
      .replaceAll(/:4001/g, `:${port}`);
    try {
      await using gateway = await startGateway(binary, servers);
      await until(() => checked.size === addresses.length);
      const headers = { authorization: `Bearer ${await gateway.token()}` };
      await until(async () => {
        await gateway.ask('/mobile/graphql?query={__typename}', { headers });
        return asked.size === addresses.length;
      });
      expect(addresses).toEqual(expect.arrayContaining([...checked]));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}
