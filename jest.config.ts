import { availableParallelism } from 'node:os';
import type { Config } from 'jest';

/** Native ES modules; SWC only takes the types away, as Node itself does. */
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
  // Many tests wait for processes of their own; one worker for each core but one would be one on two cores.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // What it says of suites that were left out is the last that npm test says.
  reporters: ['default', '<rootDir>/packages/testing/left-out.ts'],
  // Ends a test that hangs. No test is about speed, so a busy machine must never reach it.
  testTimeout: 300_000,
  injectGlobals: false,
};

export default config;
