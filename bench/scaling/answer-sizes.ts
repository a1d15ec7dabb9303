import { zstdCompressSync } from 'node:zlib';
import { metricsOf } from '@facet/testing/internal/metrics.ts';
import { get } from './ask.ts';

/** What is sent for a screen: asked for twice, so that the second time finds the catalog's rows in the cache. */
export async function sizesOf(url: string, screen: string): Promise<string> {
  const address = `${url}/screens/${screen}`;
  await get(address, 'identity');
  const before = await receivedBytes(url);
  const plain = await get(address, 'identity');
  const received = (await receivedBytes(url)) - before;
  const encoded = await get(address, 'zstd');
  const sent = `${plain.bytes} bytes, ${encoded.bytes} by zstd in ${zstdMicros(plain.text)} µs of CPU`;
  return `${screen}: ${sent}; ${received} from the services.`;
}

async function receivedBytes(url: string): Promise<number> {
  const page = await metricsOf(url);
  return [...page].reduce(
    (sum, [name, bytes]) => (name.startsWith('facet_service_received_bytes_total') ? sum + bytes : sum),
    0,
  );
}

const ROUNDS = 500;

/** CPU time of encoding a text as the server does, by the best of some turns: others work on this machine, too. */
function zstdMicros(text: string): number {
  const body = Buffer.from(text);
  const turns = Array.from({ length: 10 }, () => {
    const before = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round += 1) zstdCompressSync(body);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / ROUNDS;
  });
  return Math.round(Math.min(...turns));
}
