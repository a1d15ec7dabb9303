import { type Browser, chromium } from 'playwright-core';
import { howToGet, needs } from './debian-packages.ts';

/** What to do where there is no browser to test with. */
export const NO_CHROMIUM = howToGet('chromium');

/** Nothing that a browser does for itself: no update, no report, no first page. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The machine's Chromium, or what CHROMIUM says; undefined where there is none, as {@link needs} has it. */
export const findChromium = (): string | undefined => needs('chromium');

/** A browser without a window, in a profile of its own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  // Its own sandbox is not for root, which containers of CI are.
  return chromium.launch({ executablePath, args: QUIET, chromiumSandbox: process.getuid?.() !== 0 });
}
