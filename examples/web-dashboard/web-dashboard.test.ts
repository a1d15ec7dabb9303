import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from '@facet/testing/internal/chromium.ts';
import { type OpenPage, openPage, pictureWidths, screenshot } from '@facet/testing/internal/page.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { bff } from '../../bffs/web/bff.ts';
import { type FrontendServer, startFrontend } from '../testing/frontend-server.ts';
import { type ReferenceServices, startReferenceServices } from '../testing/reference-services.ts';

const LIMIT_MS = 120_000;
const DESKTOP = { viewport: { width: 1280, height: 860 } };

interface Order {
  readonly id: string;
  readonly total: { readonly formatted: string };
  readonly items: readonly { readonly product: { readonly name: string } }[];
}

const executable = findChromium();

if (executable === undefined) test.todo(NO_CHROMIUM);
else describe('the web dashboard in Chromium', () => inChromium(executable));

function inChromium(chromium: string): void {
  let services: ReferenceServices;
  let web: RunningBff;
  let frontend: FrontendServer;
  let browser: Browser;
  beforeAll(async () => {
    services = await startReferenceServices();
    web = await startBff(bff, services.urls, { DOCUMENTS: 'locked' });
    frontend = await startFrontend('web-dashboard', web.url);
    browser = await launchChromium(chromium);
  }, LIMIT_MS);
  afterEach(() => services.ill.clear());
  afterAll(async () => {
    await browser.close();
    await frontend[Symbol.asyncDispose]();
    await web[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  });

  const open = (options: BrowserContextOptions = {}, path = '/') =>
    openPage(browser, `${frontend.url}${path}`, { ...DESKTOP, ...options });
  const ordersOfAda = async (first: number): Promise<readonly Order[]> =>
    (await web.screen('Dashboard', { first })).data.dashboard.orders;
  const fall = (...names: ('users' | 'orders' | 'catalog')[]) => {
    for (const name of names) services.ill.set(name, (response) => response.writeHead(503).end());
  };

  const region = (page: Page, name: string) => page.getByRole('region', { name });
  const retry = (page: Page, name: string) => region(page, name).getByRole('button', { name: 'Try again' });
  const headings = (page: Page) => region(page, 'Your orders').getByRole('heading', { level: 3 }).allTextContents();
  const titlesOf = (orders: readonly Order[]) => orders.map(({ id }) => `Order ${id.replace('o_', '')}`);
  const asked = ({ requests }: OpenPage) =>
    requests.filter((request) => new URL(request.url()).pathname === '/graphql');

  test(
    'shows orders with their products, all of their pictures, profile and promotions, from one request',
    async () => {
      await using opened = await open();
      const { page, requests, complaints } = opened;
      await region(page, 'Your orders').getByRole('heading', { name: 'Order 7', exact: true }).waitFor();
      const orders = await ordersOfAda(10);
      expect(await headings(page)).toEqual(titlesOf(orders));
      const names = orders.flatMap(({ items }) => items.map(({ product }) => product.name));
      expect(await page.locator('.item-name').allTextContents()).toEqual(names);
      expect(await page.locator('.total').allTextContents()).toEqual(orders.map(({ total }) => total.formatted));
      expect(await region(page, 'Profile').textContent()).toContain('Ada Lovelace');
      expect(await region(page, 'Profile').textContent()).toContain('Member since May 2021');
      expect(await region(page, 'Promotions').getByRole('listitem').count()).toBe(5);

      const widths = await pictureWidths(page);
      expect(widths).toHaveLength(names.length + 5 + 1);
      expect(Math.min(...widths)).toBeGreaterThan(0);

      const [only, ...more] = asked(opened);
      expect(more).toEqual([]);
      const query = new URL(only?.url() ?? '').searchParams;
      expect([query.get('operationName'), query.has('query')]).toEqual(['Dashboard', false]);
      const here = [frontend.url, services.urls.users, services.urls.catalog].map((url) => new URL(url).origin);
      expect(requests.filter((request) => !here.includes(new URL(request.url()).origin))).toEqual([]);
      expect(complaints).toEqual([]);
      await screenshot(page, 'web-dashboard');
    },
    LIMIT_MS,
  );

  test(
    'pages through the orders by keyboard, and takes the reader to where a page begins',
    async () => {
      await using opened = await open();
      const { page } = opened;
      const more = page.getByRole('button', { name: 'Show more orders' });
      for (const [pages, first] of [
        [2, 20],
        [3, 30],
      ] as const) {
        await more.focus();
        await page.keyboard.press('Enter');
        await page.waitForFunction(`document.querySelectorAll('li.order').length === ${first}`);
        expect(await headings(page)).toEqual(titlesOf(await ordersOfAda(first)));
        const [begins] = titlesOf((await ordersOfAda(first)).slice(-10));
        expect(await page.evaluate('document.activeElement.textContent')).toBe(begins);
        expect(asked(opened)).toHaveLength(pages);
      }
      const names = asked(opened).map((request) => new URL(request.url()).searchParams.get('operationName'));
      expect(names).toEqual(['Dashboard', 'MoreOrders', 'MoreOrders']);
      expect(Math.min(...(await pictureWidths(page)))).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  test(
    'says where the catalog is missed, keeps the rest, and is whole again after a retry',
    async () => {
      fall('catalog');
      await using opened = await open();
      const { page, complaints } = opened;
      await region(page, 'Promotions').getByText('Promotions cannot be shown right now.').waitFor();
      expect(await region(page, 'Your orders').textContent()).toContain('Product names and pictures are missing');
      expect(await headings(page)).toEqual(titlesOf(await ordersOfAda(10)));
      expect(await page.locator('.total').first().textContent()).toBe('$42.00');
      expect(await region(page, 'Profile').textContent()).toContain('Ada Lovelace');
      expect(await region(page, 'Profile').getByRole('button').count()).toBe(0);
      await screenshot(page, 'web-dashboard-failing');

      services.ill.clear();
      await retry(page, 'Promotions').focus();
      await page.keyboard.press('Enter');
      await page.locator('.promo').first().waitFor();
      expect(await page.getByText(/cannot be shown|are missing/).count()).toBe(0);
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Promotions');
      const [order] = await ordersOfAda(1);
      expect(await page.locator('.item-name').first().textContent()).toBe(order?.items[0]?.product.name);
      expect(Math.min(...(await pictureWidths(page)))).toBeGreaterThan(0);
      expect(asked(opened)).toHaveLength(2);
      expect(complaints).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'does without profile and orders too, and without more of them',
    async () => {
      fall('users', 'orders');
      await using opened = await open();
      const { page } = opened;
      await retry(page, 'Profile').waitFor();
      expect(await region(page, 'Your orders').textContent()).toContain('Your orders cannot be shown right now.');
      expect(await region(page, 'Promotions').getByRole('listitem').count()).toBe(5);
      services.ill.clear();
      await retry(page, 'Your orders').click();
      await page.getByRole('button', { name: 'Show more orders' }).waitFor();

      fall('orders');
      await page.getByRole('button', { name: 'Show more orders' }).click();
      await page.getByText('More orders cannot be shown right now.').waitFor();
      expect(await headings(page)).toHaveLength(10);
      services.ill.clear();
      await retry(page, 'Your orders').click();
      await page.waitForFunction("document.querySelectorAll('li.order').length === 20");
      expect(await headings(page)).toEqual(titlesOf(await ordersOfAda(20)));
    },
    LIMIT_MS,
  );

  test(
    'says that it cannot be reached, and comes once it can',
    async () => {
      await using opened = await open();
      const { page } = opened;
      await page.route('**/graphql*', (route) => route.abort());
      await page.reload();
      await page.getByText('Your dashboard cannot be reached.').waitFor();
      await page.unroute('**/graphql*');
      await page.getByRole('button', { name: 'Try again' }).click();
      await region(page, 'Your orders').getByRole('heading', { name: 'Order 7', exact: true }).waitFor();
    },
    LIMIT_MS,
  );

  test(
    'shows only the other user’s data after a selection',
    async () => {
      await using opened = await open({ locale: 'de-DE' });
      const { page } = opened;
      await region(page, 'Profile').getByText('Ada Lovelace').waitFor();
      await page.getByLabel('Signed in as').selectOption('u_22');
      await region(page, 'Profile').getByText('Lynne Ryan').waitFor();
      expect(await page.locator('.total').first().textContent()).toMatch(/^\d+,\d{3}\u00a0KWD$/);
      expect(await page.locator('main time').first().textContent()).toMatch(/^\d+\. \p{L}+ \d{4}$/u);
      expect(await region(page, 'Your orders').textContent()).toContain('No more orders.');
      expect(await page.locator('main').textContent()).not.toContain('Ada');
      expect(new URL(page.url()).searchParams.get('user')).toBe('u_22');
      expect(asked(opened).map((request) => request.headers()['x-user-id'])).toEqual(['u_42', 'u_22']);

      await page.getByLabel('Signed in as').selectOption('u_0');
      await page.getByText('There are no orders yet.').waitFor();
      expect(await region(page, 'Profile').textContent()).toContain('There is no profile yet.');
    },
    LIMIT_MS,
  );

  test(
    'is dark where the user likes that, and fits a narrow screen',
    async () => {
      const ground = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      await using light = await open();
      await using dark = await open({ colorScheme: 'dark', viewport: { width: 320, height: 700 } });
      expect(await ground(dark.page)).not.toBe(await ground(light.page));
      await dark.page.getByRole('button', { name: 'Show more orders' }).waitFor();
      expect(await dark.page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      await dark.page.setViewportSize(DESKTOP.viewport);
      await screenshot(dark.page, 'web-dashboard-dark');
    },
    LIMIT_MS,
  );
}
