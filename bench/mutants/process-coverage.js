// NODE_OPTIONS preloads this file in every process that a suite starts. It records the executed mutants.
import { appendFileSync } from 'node:fs';

const file = process.env.MUTANTS_REACHED;
if (file) {
  const write = () => {
    const reached = Object.keys(globalThis.__stryker__?.mutantCoverage?.static ?? {});
    if (reached.length > 0) appendFileSync(file, `${reached.join('\n')}\n`);
  };
  process.on('exit', write);
  // A server killed with SIGKILL writes nothing at exit, so the mutants executed during start are written early.
  setTimeout(write, 2_000).unref();
}
