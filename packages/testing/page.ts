import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** The browser's network log: everything that the page has asked anybody for, in order. */
  readonly requests: readonly Request[];
  /** What it has written to the console, and errors that nobody caught. */
  readonly complaints: readonly string[];
}

/** Opens an address in a profile of its own. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const requests: Request[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) requests.push(request);
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, requests, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Widths of the pictures, once all have been loaded or given up: 0 for those that are not there. */
export async function pictureWidths(page: Page): Promise<number[]> {
  await page.waitForFunction('[...document.images].every(({ complete }) => complete)');
  return page.evaluate<number[]>('[...document.images].map(({ naturalWidth }) => naturalWidth)');
}

/** Puts what is to be seen into docs/images, where UPDATE_SCREENSHOTS is 1. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env['UPDATE_SCREENSHOTS'] !== '1') return;
  await pictureWidths(page);
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: `${IMAGES}${name}.png` });
}
