import { readFileSync } from 'node:fs';
import type { Settings } from '../settings/settings.ts';

/** Files that are open before the first connection, such as listeners and the log: about 40, and some to spare. */
const OTHER_FILES = 100;

/** Files that are open when there are as many connections as the settings allow: each of them is one. */
export function openFilesOf({ maxConnections, services }: Pick<Settings, 'maxConnections' | 'services'>): number {
  return Object.values(services).reduce((sum, { connections }) => sum + connections, maxConnections + OTHER_FILES);
}

/** The most files that this process may have open. Infinity where there is no limit, or where it cannot be read. */
export function openFilesLimit(): number {
  const [, limit] = /^Max open files +(\d+)/m.exec(readLimits()) ?? [];
  return Number(limit ?? Number.POSITIVE_INFINITY);
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // Only Linux has this file, and only where /proc is mounted.
    return '';
  }
}
