import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

// Servers that tests start as processes inherit this: a busy machine delays their event loops, and they would reject requests.
process.env['MAX_LAG_MS'] ??= '600000';

/** Native ES modules. SWC only strips types, like Node. */
const config: Config = {
  testMatch: ['<rootDir>/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/bench/(contenders|harness|upstream|shared-cache|tracing|node_modules)/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  // Many tests wait for child processes. Jest's default of one worker less than cores would be a single worker on two cores.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // The last reporter lists the skipped suites at the end of the output.
  reporters: ['default', '<rootDir>/packages/testing/left-out.ts'],
  // Only ends tests that hang: a busy machine must never reach it.
  testTimeout: 300_000,
  injectGlobals: false,
};

export default config;
