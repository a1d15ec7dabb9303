import { enableCompileCache, flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { InputError } from '../command/input-error.ts';
import type { Bff } from './bff.ts';

/** The compile cache is written this long after the start, when the first requests have loaded what is loaded late. */
const FLUSH_MS = 2_000;

/**
 * Runs a client's server as `serve` does. Everything is loaded from here, after Node's compile cache is on: the next
 * start finds it compiled, and takes two thirds of the time. Nothing is taken for long-lived because it lived long while the
 * server was busy (docs/decisions/0019-no-pretenuring.md).
 */
export async function start(load: () => Promise<{ readonly bff: Bff }>): Promise<void> {
  // Before anything is loaded: compiled code is kept apart by V8's flags.
  setFlagsFromString('--no-allocation-site-pretenuring');
  enableCompileCache();
  const [{ serve, serverCommand }, { runCommand }, { bff }] = await Promise.all([
    import('./serve.ts'),
    import('../command/command.ts'),
    load().catch(failedToLoad),
  ]);
  await runCommand(serverCommand(bff), () => serve(bff));
  // Node writes it when the process exits, which one that is killed never does.
  setTimeout(flushCompileCache, FLUSH_MS).unref();
}

/** Ends the process where an endpoint or a field is described in a wrong way, which is found when the client's files are loaded. */
function failedToLoad(error: unknown): never {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
