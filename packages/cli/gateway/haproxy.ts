import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { ROOT } from '../project.ts';

export const CONFIG = `${ROOT}deploy/gateway/haproxy.cfg`;

const PLACES = ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/usr/local/bin/haproxy', '/opt/homebrew/bin/haproxy'];

/** What to do where there is no HAProxy. */
export const NO_HAPROXY =
  'There is no HAProxy: apt-get install haproxy (Debian, Ubuntu), brew install haproxy (macOS), or HAPROXY=/path/to/it';

/** The machine's HAProxy, or what HAPROXY says; undefined where there is none. */
export function findHaproxy(): string | undefined {
  const named = process.env['HAPROXY'];
  return (named ? [named] : PLACES).find((path) => existsSync(path));
}

/** Addresses (host:port) of each client's processes, by the client's name. */
export type Servers = Readonly<Record<string, readonly string[]>>;

/** What stands beside the configuration: a backend of each client's name. */
export function serversConfig(servers: Servers): string {
  const backends = Object.entries(servers).map(([client, addresses]) => {
    const lines = addresses.map((address, index) => `  server ${client}-${index + 1} ${address}\n`);
    return `backend ${client} from bff\n${lines.join('')}`;
  });
  return backends.join('\n');
}

/**
 * Runs HAProxy as the gateway in front of these processes, or of what a configuration of backends names. `folder` gets the file of
 * that, HAProxy more parameters.
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
  // -db: one process in the foreground, which ends with whoever started it.
  return spawn(haproxy, ['-db', '-f', CONFIG, '-f', file, ...parameters], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
