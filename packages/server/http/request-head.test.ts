import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { bff } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { sendRaw } from '@facet/testing/internal/raw.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

let running: RunningBff;
beforeAll(async () => {
  running = await startBff(bff, {});
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

const GET = 'GET /graphql?query={__typename} HTTP/1.1\r\nX-Member-Id: m_42\r\napollo-require-preflight: 1\r\n';
const LAST = 'Connection: close\r\n';

describe('a request that is refused before it comes to a route', () => {
  test.each<[string, string, number]>([
    ['without Host', `${GET}\r\n`, 400],
    ['with two Host headers', `${GET}Host: a\r\nHost: b\r\n\r\n`, 400],
    ['with two Host headers that are the same', `${GET}Host: a\r\nX-Other: b\r\nhost: a\r\n\r\n`, 400],
    ['with two Host headers, in HTTP/1.0', `${GET.replace('1.1', '1.0')}Host: a\r\nHost: b\r\n\r\n`, 400],
    ['with two hosts in one header', `${GET}Host: a, b\r\n\r\n`, 400],
    ['with a path in Host', `${GET}Host: a/b\r\n\r\n`, 400],
    ['with a user in Host', `${GET}Host: u@a\r\n\r\n`, 400],
    ['with a port in Host that is none', `${GET}Host: a:b\r\n\r\n`, 400],
    ['that expects something unknown', `${GET}Host: a\r\nExpect: 200-ok\r\n\r\n`, 417],
    ['that expects nothing', `${GET}Host: a\r\nExpect:\r\n\r\n`, 417],
    ['with an unknown transfer coding', `${GET}Host: a\r\nTransfer-Encoding: x, chunked\r\n\r\n0\r\n\r\n`, 501],
    ['with a compressed transfer coding', `${GET}Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
    ['to a path that is not well encoded', `${GET.replace('/graphql', '/screens/%')}Host: a\r\n${LAST}\r\n`, 400],
    ['of another method', `${GET.replace('GET', 'BREW')}Host: a\r\n\r\n`, 400],
    ['for a tunnel', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 405],
    ['in HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['in HTTP/0.9', 'GET /\r\n\r\n', 400],
    ['with a line that is no header', `${GET}Host: a\r\nnonsense\r\n\r\n`, 400],
    ['with a head that is too large', `${GET}Host: a\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['with a target that is too long', `${GET.replace('{', 'x'.repeat(20_000))}Host: a\r\n\r\n`, 431],
  ])('is answered with an error of the usual shape: %s', async (_what, text, status) => {
    const [head = '', body = ''] = (await sendRaw(running.url, text)).split('\r\n\r\n');
    const [statusLine = '', ...lines] = head.split('\r\n');
    const headers = new Headers(
      lines.map((line): [string, string] => [line.split(': ')[0] ?? '', line.replace(/^.*?: /, '')]),
    );
    expect(statusLine).toMatch(new RegExp(`^HTTP/1\\.1 ${status} \\w`));
    expect(JSON.parse(body)).toEqual({
      errors: [
        {
          message: expect.stringMatching(/\w+\.$/),
          extensions: { code: 'BAD_REQUEST', requestId: headers.get('x-request-id') },
        },
      ],
    });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    });
  });

  test.each([
    ['a name', 'Host: web.example.com\r\n'],
    ['a name with a port', 'Host: web.example.com:8443\r\n'],
    ['an IPv4 address', 'Host: 127.0.0.1:4002\r\n'],
    ['an IPv6 address', 'Host: [::1]:4002\r\n'],
    ['nothing', 'Host:\r\n'],
    ['a name, and 100-continue is expected', 'Host: a\r\nExpect: 100-Continue\r\n'],
  ])('it is not where Host has %s', async (_what, host) => {
    expect(await sendRaw(running.url, `${GET}${host}${LAST}\r\n`)).toContain('{"data":{"__typename":"Query"}}');
  });

  test('it is not for being of HTTP/1.0, without Host', async () => {
    const old = `${GET.replace('HTTP/1.1', 'HTTP/1.0')}\r\n`;
    expect(await sendRaw(running.url, old)).toContain('{"data":{"__typename":"Query"}}');
  });
});
