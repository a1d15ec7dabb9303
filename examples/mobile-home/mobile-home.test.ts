import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from '@facet/testing/internal/chromium.ts';
import { type OpenPage, openPage, pictureWidths, screenshot } from '@facet/testing/internal/page.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { bff } from '../../bffs/mobile/bff.ts';
import { type FrontendServer, startFrontend } from '../testing/frontend-server.ts';
import { type ReferenceServices, startReferenceServices } from '../testing/reference-services.ts';

const LIMIT_MS = 120_000;
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** What Home may weigh on its way to a phone. */
const MOST_BYTES = 2_048;

const executable = findChromium();

if (executable === undefined) test.todo(NO_CHROMIUM);
else describe('the mobile home screen in Chromium', () => inChromium(executable));

function inChromium(chromium: string): void {
  let services: ReferenceServices;
  let mobile: RunningBff;
  let frontend: FrontendServer;
  let browser: Browser;
  beforeAll(async () => {
    services = await startReferenceServices();
    mobile = await startBff(bff, services.urls, { DOCUMENTS: 'locked' });
    frontend = await startFrontend('mobile-home', mobile.url);
    browser = await launchChromium(chromium);
  }, LIMIT_MS);
  afterEach(() => services.ill.clear());
  afterAll(async () => {
    await browser.close();
    await frontend[Symbol.asyncDispose]();
    await mobile[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  });

  const open = (options: BrowserContextOptions = {}) => openPage(browser, frontend.url, { ...PHONE, ...options });
  const region = (page: Page, name: string) => page.getByRole('region', { name });
  const cards = (page: Page) => region(page, 'Recent orders').getByRole('listitem');
  const asked = ({ requests }: OpenPage) =>
    requests.filter((request) => /^\/(graphql|screens)\b/.test(new URL(request.url()).pathname));

  test(
    'asks once, by id, and is answered in less than 2 KB',
    async () => {
      await using opened = await open();
      const { page, requests, complaints } = opened;
      await page.getByRole('heading', { name: 'Hi Ada' }).waitFor();
      const widths = await pictureWidths(page);
      expect(widths).toHaveLength(1 + 5);
      expect(Math.min(...widths)).toBeGreaterThan(0);

      const [only, ...more] = asked(opened);
      expect(more).toEqual([]);
      expect(only?.postDataJSON()).toMatchObject({
        operationName: 'Home',
        extensions: { persistedQuery: { sha256Hash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      });
      expect(only?.postDataJSON()).not.toHaveProperty('query');

      const answer = await only?.response();
      expect(answer?.status()).toBe(200);
      expect(await answer?.headerValue('content-encoding')).toBe('zstd');
      // The browser's own count of what came over the wire.
      const sizes = await only?.sizes();
      expect(sizes?.responseBodySize).toBeGreaterThan(0);
      expect(sizes?.responseBodySize).toBeLessThan((await answer?.body())?.length ?? 0);
      expect(sizes?.responseBodySize).toBeLessThan(MOST_BYTES);

      const here = [frontend.url, services.urls.users, services.urls.catalog].map((url) => new URL(url).origin);
      expect(requests.filter((request) => !here.includes(new URL(request.url()).origin))).toEqual([]);
      expect(complaints).toEqual([]);
      await screenshot(page, 'mobile-home');
    },
    LIMIT_MS,
  );

  test(
    'shows a greeting, the newest orders and today’s promotions',
    async () => {
      await using opened = await open();
      const { page } = opened;
      await cards(page).first().waitFor();
      const { data } = await mobile.screen('Home');
      const shown = await cards(page).allTextContents();
      expect(shown).toHaveLength(3);
      expect(shown[0]).toBe('On its way$42.00Order 7 · 2 itemsOct 31, 2026');
      const titles = await region(page, 'For you').getByRole('heading', { level: 3 }).allTextContents();
      expect(titles).toEqual(data.home.promos.map(({ title }: { title: string }) => title));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.viewport.width);

      const row = page.getByRole('list', { name: 'Promotions' });
      await row.focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction("document.querySelector('.row').scrollLeft > 0");
    },
    LIMIT_MS,
  );

  test(
    'says where the catalog is missed, keeps the rest, and is whole again after a retry',
    async () => {
      services.ill.set('catalog', (response) => response.writeHead(503).end());
      await using opened = await open();
      const { page, complaints } = opened;
      await page.getByText('Promotions cannot be shown right now.').waitFor();
      expect(await page.getByRole('heading', { name: 'Hi Ada' }).count()).toBe(1);
      expect(await cards(page).count()).toBe(3);
      services.ill.clear();
      await region(page, 'For you').getByRole('button', { name: 'Try again' }).tap();
      await page.locator('.promo').first().waitFor();
      expect(await page.getByText('cannot be shown').count()).toBe(0);
      expect(Math.min(...(await pictureWidths(page)))).toBeGreaterThan(0);
      expect(asked(opened)).toHaveLength(2);
      expect(complaints).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'greets who is not known, and does without users and orders',
    async () => {
      for (const name of ['users', 'orders'] as const) {
        services.ill.set(name, (response) => response.writeHead(503).end());
      }
      await using opened = await open();
      const { page } = opened;
      await page.getByRole('heading', { name: 'Hi there' }).waitFor();
      expect(await region(page, 'Recent orders').textContent()).toContain('Your orders cannot be shown right now.');
      expect(await region(page, 'For you').getByRole('listitem').count()).toBe(5);
      services.ill.clear();
      await region(page, 'Recent orders').getByRole('button', { name: 'Try again' }).tap();
      await cards(page).first().waitFor();
      await page.getByRole('heading', { name: 'Hi Ada' }).waitFor();
    },
    LIMIT_MS,
  );

  test(
    'shows another user’s data and currency after a selection',
    async () => {
      await using opened = await open({ colorScheme: 'dark' });
      const { page } = opened;
      await page.getByRole('heading', { name: 'Hi Ada' }).waitFor();
      await screenshot(page, 'mobile-home-dark');
      await page.getByLabel('Signed in as').selectOption('u_33');
      await page.getByRole('heading', { name: 'Hi Jeanne' }).waitFor();
      expect(await page.locator('.total').first().textContent()).toMatch(/^¥[\d,]+$/);
      await page.getByLabel('Signed in as').selectOption('u_0');
      await page.getByText('There are no orders yet.').waitFor();
      expect(asked(opened).map((request) => request.headers()['x-user-id'])).toEqual(['u_42', 'u_33', 'u_0']);
    },
    LIMIT_MS,
  );
}
