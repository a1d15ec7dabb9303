import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What to do where there is no browser to test with. */
export const NO_CHROMIUM = 'There is no Chromium: apt-get install chromium, or CHROMIUM=/path/to/it npm test';

/** Nothing that a browser does for itself: no update, no report, no first page. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The machine's Chromium, or what CHROMIUM says. Undefined where there is none; but in CI what cannot be tested has failed,
 * and it throws.
 */
export function findChromium(): string | undefined {
  const found = [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));
  if (found === undefined && process.env['CI']) throw new Error(NO_CHROMIUM);
  return found;
}

/** A browser without a window, in a profile of its own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  // Its own sandbox is not for root, which containers of CI are.
  return chromium.launch({ executablePath, args: QUIET, chromiumSandbox: process.getuid?.() !== 0 });
}
