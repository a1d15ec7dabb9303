import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Program {
  /** Debian's package that has it. */
  readonly debianPackage: string;
  /** Where else than on the PATH it may be, by its whole path. */
  readonly places?: readonly string[];
}

/** Programs that tests run and npm cannot install. The environment can say where one is: REDIS_SERVER=/path/to/it. */
export const PROGRAMS = {
  chromium: {
    debianPackage: 'chromium',
    places: [
      '/usr/bin/chromium-browser',
      '/usr/bin/google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
  },
  curl: { debianPackage: 'curl' },
  haproxy: { debianPackage: 'haproxy' },
  promtool: { debianPackage: 'prometheus' },
  'redis-server': { debianPackage: 'redis-server' },
} as const satisfies Readonly<Record<string, Program>>;
export type ProgramName = keyof typeof PROGRAMS;

/** Debian keeps servers where only root's PATH leads. */
const FOR_ROOT = ['/usr/sbin', '/usr/local/sbin'];

/**
 * Path of a program that a suite cannot do without, undefined where there is none: then the suite is a `test.todo` of
 * {@link howToGet}, which is told at the end of all tests. In CI what cannot be tested has failed, and it throws.
 */
export function needs(name: ProgramName, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { places = [] }: Program = PROGRAMS[name];
  const given = environment[variableOf(name)];
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean);
  const usual = [...folders, ...FOR_ROOT].map((folder) => join(folder, name));
  // Who says where it is means that one, and no other.
  const found = (given ? [given] : [...usual, ...places]).find(isExecutable);
  if (found === undefined && environment['CI']) throw new Error(howToGet(name));
  return found;
}

/** What to do where a program is missing. */
export function howToGet(name: ProgramName): string {
  return `There is no ${name}: apt-get install ${PROGRAMS[name].debianPackage}, or ${variableOf(name)}=/path/to/it npm test`;
}

/** The package in what {@link howToGet} says. */
export function packageIn(text: string): string | undefined {
  return /^There is no .*?: apt-get install ([a-z0-9.+-]+)/.exec(text)?.[1];
}

function variableOf(name: ProgramName): string {
  return name.toUpperCase().replaceAll('-', '_');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
