import { registerHooks } from 'node:module';

// Loaded before a script by --import, it tells every module that is loaded after it, wherever that comes from.
registerHooks({
  load(url, context, nextLoad) {
    process.stderr.write(`loaded ${url}\n`);
    return nextLoad(url, context);
  },
});
