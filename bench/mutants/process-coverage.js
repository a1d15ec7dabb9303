// NODE_OPTIONS imports this file into every process that a suite starts. It adds the mutants that the process reached.
import { appendFileSync } from 'node:fs';

const file = process.env.MUTANTS_REACHED;
if (file) {
  const write = () => {
    const reached = Object.keys(globalThis.__stryker__?.mutantCoverage?.static ?? {});
    if (reached.length > 0) appendFileSync(file, `${reached.join('\n')}\n`);
  };
  process.on('exit', write);
  // A server that ends by SIGKILL writes nothing; what it reached while it started is known by then.
  setTimeout(write, 2_000).unref();
}
