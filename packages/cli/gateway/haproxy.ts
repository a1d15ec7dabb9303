import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { ROOT } from '../project.ts';

export const CONFIG = `${ROOT}deploy/gateway/haproxy.cfg`;

const STANDARD_PATHS = [
  '/usr/sbin/haproxy',
  '/usr/local/sbin/haproxy',
  '/usr/local/bin/haproxy',
  '/opt/homebrew/bin/haproxy',
];

/** Error message if HAProxy is not installed. */
export const NO_HAPROXY =
  'HAProxy was not found. Install it with apt-get install haproxy (Debian, Ubuntu) or brew install haproxy (macOS), or set HAPROXY=/path/to/haproxy.';

/** Path of the HAProxy binary: the setting HAPROXY, or a standard location. Undefined if it does not exist. */
export function findHaproxy(): string | undefined {
  const named = process.env['HAPROXY'];
  return (named ? [named] : STANDARD_PATHS).find((path) => existsSync(path));
}

/** Addresses (host:port) of each client's processes, by the client's name. */
export type Servers = Readonly<Record<string, readonly string[]>>;

/** The second configuration file: a backend per client, with the client's name. */
export function serversConfig(servers: Servers): string {
  const backends = Object.entries(servers).map(([client, addresses]) => {
    const lines = addresses.map((address, index) => `  server ${client}-${index + 1} ${address}\n`);
    return `backend ${client} from bff\n${lines.join('')}`;
  });
  return backends.join('\n');
}

/**
 * Runs HAProxy as the gateway. `servers` are the addresses of the BFFs, or the text of a configuration with the backends. The second
 * configuration file is written to the directory `folder`. `parameters` are additional command-line arguments.
 */
export function launchGateway(
  haproxy: string,
  folder: string,
  servers: Servers | string,
  settings: Readonly<Record<string, string>>,
  parameters: readonly string[] = [],
): ChildProcessByStdio<null, Readable, Readable> {
  const file = `${folder}/servers.cfg`;
  writeFileSync(file, typeof servers === 'string' ? servers : serversConfig(servers));
  // -db keeps HAProxy in the foreground, so that it ends with its parent process.
  return spawn(haproxy, ['-db', '-f', CONFIG, '-f', file, ...parameters], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
