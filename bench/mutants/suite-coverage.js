// Jest loads this file before each suite (setupFilesAfterEnv). It appends the executed mutants to a file.
import { appendFileSync } from 'node:fs';
import { afterAll } from '@jest/globals';

const file = process.env.MUTANTS_REACHED;
if (file)
  afterAll(() =>
    appendFileSync(file, `${Object.keys(globalThis.__stryker__?.mutantCoverage?.static ?? {}).join('\n')}\n`),
  );
