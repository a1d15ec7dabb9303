import { Writable } from 'node:stream';
import { createLog, type Logger } from '@facet/server/internal/telemetry/log.ts';

/** A log whose lines a test can read, parsed. */
export function collectLog(): { readonly log: Logger; readonly logged: Readonly<Record<string, unknown>>[] } {
  const logged: Record<string, unknown>[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: createLog('test', 'info', lines), logged };
}
