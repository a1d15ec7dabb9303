import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONFIG, NO_HAPROXY, serversConfig } from '@facet/cli/internal/gateway/haproxy.ts';
import { issuerSettings, signingKeys } from '@facet/cli/internal/gateway/issuer.ts';
import { readSettings } from '@facet/server/internal/http/settings/settings.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bff as web } from '../../bffs/web/bff.ts';
import { CALLERS, testedHaproxy } from './testing/gateway.ts';

const DOCS = readFileSync(
  fileURLToPath(new URL('../../docs/how-to/run-behind-the-gateway.md', import.meta.url)),
  'utf8',
);
const config = readFileSync(CONFIG, 'utf8');
const haproxy = testedHaproxy();

test('docs/how-to/run-behind-the-gateway.md lists every setting with its default', () => {
  const defaults = Array.from(config.matchAll(/^ {2}presetenv +(\w+) +(\S+)$/gm), ([, name = '', value = '']) => ({
    name,
    value,
  }));
  expect(defaults.length).toBeGreaterThan(10);
  const [, settings = ''] = /## Settings\n([\s\S]*?)\n## /.exec(DOCS) ?? [];
  for (const { name, value } of defaults.filter(({ name }) => !name.startsWith('JWT_KEY_2'))) {
    const row = settings.split('\n').find((line) => line.includes(`\`${name}\``)) ?? '';
    expect({ name, row }).toEqual({ name, row: expect.stringContaining(value) });
  }
});

test('a process accepts all connections of the gateway, plus health checks and scrapes', () => {
  const [, most = ''] = /presetenv +GATEWAY_MAX_CONN +(\d+)/.exec(config) ?? [];
  expect(readSettings({}, web).maxConnections).toBeGreaterThan(Number(most));
});

test('every environment variable is preset or required', () => {
  const read = new Set(Array.from(config.matchAll(/\$\{(\w+)(?:\[\*\])?\}/g), ([, name = '']) => name));
  const known = new Set(
    Array.from(config.matchAll(/presetenv +(\w+)|defined\((\w+)\)/g), ([, preset, asked]) => preset ?? asked),
  );
  expect([...read].filter((name) => !known.has(name))).toEqual([]);
});

if (haproxy === undefined) test.todo(NO_HAPROXY);
else describe('HAProxy', () => checkedBy(haproxy));

function checkedBy(binary: string): void {
  let folder = '';
  let settings: Record<string, string> = {};
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'facet-gateway-'));
    settings = issuerSettings(signingKeys(folder), CALLERS);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** What HAProxy says of the configuration with these servers. */
  const check = (servers: string, environment: Readonly<Record<string, string>>) => {
    const file = join(folder, 'servers.cfg');
    writeFileSync(file, servers);
    const env = { PATH: process.env['PATH'] ?? '', ...environment };
    const { status, stdout, stderr } = spawnSync(binary, ['-c', '-f', CONFIG, '-f', file], { env, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
  const SERVERS = serversConfig({ mobile: ['127.0.0.1:4001'], web: ['127.0.0.1:4002'], partner: ['127.0.0.1:4003'] });

  test('accepts the configuration without a warning', () => {
    expect(check(SERVERS, settings)).toEqual({ status: 0, output: expect.not.stringMatching(/WARNING|ALERT/) });
  });

  test('accepts the example in the docs', () => {
    const [, servers = ''] = /## Deploy it[\s\S]*?```text\n([\s\S]*?)```/.exec(DOCS) ?? [];
    expect(servers).toContain('server-template');
    // The machine's own name servers may be out of reach; the rest is as in the docs.
    const local = servers.replace('parse-resolv-conf', 'nameserver local 127.0.0.1:53');
    expect(local).not.toBe(servers);
    const { status, output } = check(local, { ...settings, GATEWAY_BIND: '127.0.0.1:8443 accept-proxy' });
    expect({ status, output }).toEqual({ status: 0, output: expect.not.stringMatching(/WARNING|ALERT/) });
  });

  test('accepts a single key', () => {
    const { JWT_KEY_2_ID: _, JWT_KEY_2_ALGORITHM: __, JWT_KEY_2_FILE: ___, ...one } = settings;
    expect(check(SERVERS, one).status).toBe(0);
  });

  test.each([
    'JWT_ISSUER',
    'JWT_AUDIENCE_USERS',
    'JWT_AUDIENCE_PARTNERS',
    'JWT_KEY_1_ID',
    'JWT_KEY_1_ALGORITHM',
    'JWT_KEY_1_FILE',
  ])('does not start without %s', (name) => {
    const { [name]: _, ...others } = settings;
    const { status, output } = check(SERVERS, others);
    expect(status).not.toBe(0);
    expect(output).toContain('must be set');
  });

  test.each(['JWT_KEY_1_ALGORITHM', 'JWT_KEY_2_ALGORITHM'])('does not start with %s=HS256', (name) => {
    const { status, output } = check(SERVERS, { ...settings, [name]: 'HS256' });
    expect(status).not.toBe(0);
    expect(output).toContain(`${name} must be RS256 or ES256.`);
  });

  test.each([
    ...['0', '00', '000'].map(
      (seconds) => [`${seconds} to count in`, { RATE_SECONDS: seconds }, 'RATE_SECONDS must be 1 or more.'] as const,
    ),
    ...['0', '0us', '0ms', '0s', '0m', '0h', '0d', '00', '000'].flatMap((time) => [
      [`of no bound: ${time} to arrive`, { REQUEST_TIMEOUT: time }, 'REQUEST_TIMEOUT must be more than 0.'] as const,
      [`of no bound: ${time} to answer`, { ANSWER_TIMEOUT: time }, 'ANSWER_TIMEOUT must be more than 0.'] as const,
    ]),
    [
      'that make a user’s token a partner’s',
      { JWT_AUDIENCE_PARTNERS: 'same', JWT_AUDIENCE_USERS: 'same' },
      'must differ',
    ],
  ])('does not start with settings %s', (_what, more, complaint) => {
    const { status, output } = check(SERVERS, { ...settings, ...more });
    expect(status).not.toBe(0);
    expect(output).toContain(complaint);
  });

  test('does not start if a key file is missing', () => {
    const { status, output } = check(SERVERS, { ...settings, JWT_KEY_2_FILE: '/nowhere.pem' });
    expect(status).not.toBe(0);
    expect(output).toContain('/nowhere.pem');
  });
}
