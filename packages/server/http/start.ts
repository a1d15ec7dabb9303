import { enableCompileCache, flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { InputError } from '../command/input-error.ts';
import type { BffOptions } from './options.ts';

/** Delay until the compile cache is written, in milliseconds. The first requests have loaded the remaining modules by then. */
const FLUSH_MS = 2_000;

/**
 * Runs a client's server until SIGTERM or SIGINT. `load` imports the module of its `defineBff`.
 *
 * All modules are loaded after Node's compile cache is on, which makes the next start a third faster. V8's pretenuring is off: it would
 * keep objects of busy periods (docs/decisions/0019-no-pretenuring.md).
 */
export async function start(load: () => Promise<{ readonly bff: BffOptions }>): Promise<void> {
  // Before any module is loaded: V8's flags are part of the compile cache's key.
  setFlagsFromString('--no-allocation-site-pretenuring');
  enableCompileCache();
  const [{ serve, serverCommand }, { runCommand }, { bff }] = await Promise.all([
    import('./serve.ts'),
    import('../command/command.ts'),
    load().catch(failedToLoad),
  ]);
  await runCommand(serverCommand(bff), () => serve(bff));
  // Node writes it at exit, which a killed process does not reach.
  setTimeout(flushCompileCache, FLUSH_MS).unref();
}

/** Ends the process with a message if an endpoint or a field is described wrongly, which shows when the client's files are loaded. */
function failedToLoad(error: unknown): never {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
