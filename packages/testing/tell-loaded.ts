import { registerHooks } from 'node:module';

// Loaded before a script by --import, it tells every module that is loaded after it, wherever that comes from. It writes where the log
// goes, so that a reader gets both in their order: two pipes have none.
registerHooks({
  load(url, context, nextLoad) {
    process.stdout.write(`loaded ${url}\n`);
    return nextLoad(url, context);
  },
});
