import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from '@facet/testing/internal/chromium.ts';
import { bff as partner } from '@facet/testing/internal/fixture/bffs/partner/bff.ts';
import { bff as web } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type PrefixProxy, startPrefixProxy } from '@facet/testing/internal/prefix-proxy.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { buildIfStale } from './build-if-stale.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const SIZE = { width: 1_440, height: 900 };
const PREFIX = '/gateway/web/';

/** Timeout for the page on a busy machine. Shorter than the test timeout, so that the page's error is reported. */
const HANGS_MS = 120_000;

const executable = findChromium();

if (executable === undefined) test.todo(NO_CHROMIUM);
else describe('the sandbox in Chromium', () => inChromium(executable));

function inChromium(chromium: string): void {
  let services: ReferenceServices;
  let running: RunningBff;
  let proxy: PrefixProxy;
  let browser: Browser;
  /** A page shared by several tests, because opening one takes two seconds. */
  let shared: Opened;

  beforeAll(async () => {
    buildIfStale();
    services = await startReferenceServices();
    running = await startBff(web, services.urls);
    proxy = await startPrefixProxy(running.url, PREFIX);
    browser = await launchChromium(chromium);
    shared = await open();
  });
  afterAll(async () => {
    await browser?.close();
    await proxy[Symbol.asyncDispose]();
    await running[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  });

  /**
   * Opens the page for the first time, in a context with its own storage and without access to other hosts. `offences` collects requests
   * to other hosts and errors.
   */
  async function open(url = proxy.url, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
    const context = await browser.newContext({ viewport: SIZE });
    context.setDefaultTimeout(HANGS_MS);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    const offences: string[] = [];
    await page.route(
      (address) => address.origin !== new URL(url).origin,
      (route) => {
        offences.push(route.request().url());
        return route.abort();
      },
    );
    page.on('pageerror', ({ message }) => offences.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') offences.push(message.text());
    });
    await page.emulateMedia({ colorScheme });
    await page.goto(url);
    await page.getByRole('button', { name: 'Run', disabled: false }).first().waitFor();
    return { page, offences, [Symbol.asyncDispose]: () => context.close() };
  }

  test('runs a screen behind a path prefix and shows every call in the waterfall', async () => {
    const { page, offences } = shared;
    await run(page, 'Dashboard');
    expect(await callsIn(page)).toEqual([
      { wave: 'wave 1', service: 'library', call: 'GET /readings', keys: 'list', status: '200' },
      { wave: 'wave 1', service: 'members', call: 'GET /members?ids', keys: '1', status: '200' },
      { wave: 'wave 1', service: 'loans', call: 'GET /loans', keys: 'list', status: '200' },
      { wave: 'wave 2', service: 'library', call: 'GET /books?ids', keys: '58', status: '200' },
    ]);
    // The BFF reserves 50 ms to a quarter of the 60 s deadline for the response (packages/server/request/deadline.ts).
    const [, longestMs] =
      /^Dashboard4 calls \(max\. 13\)2 waves \(max\. 2\)[\d.,]+ ms \(max\. (\d\d,\d{3}) ms\)/.exec(
        await summaryOf(page),
      ) ?? [];
    expect(Number(longestMs?.replace(',', ''))).toBeGreaterThanOrEqual(45_000);
    expect(Number(longestMs?.replace(',', ''))).toBeLessThanOrEqual(59_950);
    await page.locator('.graphiql-response').getByText('Ada Lovelace').waitFor();
    expect(await page.locator('.graphiql-response').textContent()).not.toContain('facet');
    const figures = page.getByRole('table', { name: 'Cost of Dashboard' });
    expect(await figures.getByRole('row', { name: /^budget/ }).textContent()).toBe('budget2322,12160,000 ms');
    expect(await figures.getByRole('row', { name: /^last run/ }).textContent()).toMatch(/^last run42–[\d.,]+ ms$/);
    expect(offences).toEqual([]);
  });

  test('reports an unreachable server and offers a retry', async () => {
    await using context = await browser.newContext({ viewport: SIZE });
    const page = await context.newPage();
    let isThere = false;
    await page.route('**/sandbox/config.json', (route) =>
      isThere ? route.continue() : route.fulfill({ status: 503, body: '' }),
    );
    await page.goto(proxy.url);
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('503');
    isThere = true;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Run', disabled: false }).first().waitFor();
  });

  test('a drill affects only the requests of the page', async () => {
    const { page, offences } = shared;
    await drill(page, 'library', 'down');
    await run(page, 'Dashboard');
    const calls = page.getByRole('region', { name: 'Calls' });
    expect(await calls.getByRole('row').filter({ hasText: 'unavailable' }).count()).toBe(2);
    expect(await summaryOf(page)).toMatch(/\d+ errors.*drill: library down/);
    expect((await running.screen('Dashboard')).errors).toEqual([]);
    await drill(page, 'library', 'healthy');
    await run(page, 'Dashboard');
    expect(await summaryOf(page)).not.toMatch(/error|drill/);
    expect(offences).toEqual([]);
  });

  test('shows a cancelled call and the deadline', async () => {
    await using hasty = await startBff(web, services.urls, { SERVICE_TIMEOUT_MS: '120', REQUEST_DEADLINE_MS: '200' });
    await using opened = await open(`${hasty.url}/`);
    const { page } = opened;
    await drill(page, 'loans', 'slow');
    await run(page, 'Dashboard');
    const loans = page.getByRole('row').filter({ hasText: 'GET /loans' });
    expect(await loans.textContent()).toMatch(/cancelledtimed out|cancelledpast the deadline/);
    await page.locator('.facet-deadline').first().waitFor({ state: 'attached' });
  });

  test('can be used by keyboard', async () => {
    await using opened = await open();
    const { page } = opened;
    await tabTo(page, page.getByRole('button', { name: 'Drills' }));
    await page.keyboard.press('Enter');
    const library = page.getByRole('group', { name: 'library' });
    await tabTo(page, library.getByRole('radio', { name: 'healthy' }));
    await page.keyboard.press('ArrowLeft');
    expect(await library.getByRole('radio', { name: 'invalid' }).isChecked()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('button', { name: 'Drill: library invalid' }).isVisible()).toBe(true);
    await tabTo(page, page.getByRole('button', { name: 'Run LoanPage' }));
    await page.keyboard.press('Enter');
    await page.getByRole('row').filter({ hasText: 'invalid response' }).waitFor();
    await tabTo(page, page.getByRole('region', { name: 'Calls' }));
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Calls' }).waitFor({ state: 'hidden' });
  });

  test('controls have accessible names, and tables have headers', async () => {
    const { page } = shared;
    await run(page, 'Dashboard');
    await page.getByRole('button', { name: 'Drills' }).click();
    for (const role of ['button', 'radio', 'spinbutton', 'combobox', 'region', 'table', 'tab'] as const) {
      const all = page.getByRole(role);
      expect({ role, nameless: await all.and(page.getByRole(role, { name: /^$/ })).count() }).toEqual({
        role,
        nameless: 0,
      });
    }
    await page.keyboard.press('Escape');
    expect(await page.getByRole('region', { name: 'Calls' }).getByRole('columnheader').count()).toBe(8);
    expect(await page.getByRole('region', { name: 'Calls' }).getByRole('rowheader').count()).toBe(4 + 2);
  });

  test('keeps the selected identity for the next visit', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByLabel('run as').selectOption('m_3');
    await run(page, 'Dashboard');
    await page.locator('.graphiql-response').getByText('Emi Field').waitFor();
    await page.reload();
    expect(await page.getByLabel('run as').inputValue()).toBe('m_3');
    await page.getByLabel('run as').selectOption({ label: 'another id…' });
    await page.getByLabel('X-Member-Id').fill('m_5');
    await run(page, 'Dashboard');
    await page.locator('.graphiql-response').getByText('Nour Field').waitFor();
  });

  test('updates the cost while typing, and marks rejected queries', async () => {
    const { page } = shared;
    const cost = page.locator('.facet-cost');
    await cost.getByText('Dashboard, at most').waitFor();
    await write(page, '{ dashboard { readings { title } } }');
    await cost.getByText('1 call').waitFor();
    expect(await cost.textContent()).toBe('ad hoc, at most 1 call, 1 wave, 20 rows, 60,000 ms');
    await write(page, '{ dashboard { reading');
    await cost.getByText('Syntax Error').waitFor();
    const lists = ['a', 'b', 'c'].map(
      (name) => `${name}: loans(first: 100, after: "${name}") { items { book { id } } }`,
    );
    await write(page, `{ dashboard { ${lists.join(' ')} } }`);
    await cost.getByText('rejected: 60 calls allowed').waitFor();
  });

  test('copies a screen as a working curl command, URL and code', async () => {
    const { page } = shared;
    const copied = async (form: string) => {
      await page.getByRole('button', { name: `Copy LoanPage as ${form}` }).click();
      const told = page.getByRole('button', { name: `Copy LoanPage as ${form}` }).getByText('copied');
      await told.waitFor();
      await told.waitFor({ state: 'detached' });
      return page.evaluate<string>('navigator.clipboard.readText()');
    };
    const { stdout } = await promisify(execFile)('sh', ['-c', await copied('curl')]);
    expect(JSON.parse(stdout)).toMatchObject({ data: { loan: { id: 'l_7' } } });
    const url = await copied('URL');
    expect(url).toBe(`${proxy.url}screens/LoanPage?id=l_7`);
    expect(await (await fetch(url, { headers: { 'X-Member-Id': 'm_42' } })).json()).toMatchObject({
      data: { loan: { id: 'l_7' } },
    });
    expect(await copied('code')).toContain("useQuery({ query: LoanPageDocument, variables: { id: 'l_7' } })");
  });

  test('the explorer edits the query, the docs show the schema, and the history lists runs', async () => {
    const { page } = shared;
    await run(page, 'BookPage');
    await page.getByRole('button', { name: 'Show Explorer' }).click();
    const explorer = page.getByRole('region', { name: 'Explorer' });
    await explorer.getByRole('checkbox', { name: 'description' }).uncheck();
    const editor = page.locator('.graphiql-query-editor');
    await expectGone(editor.getByText('description'));
    await explorer.getByRole('checkbox', { name: 'dashboard' }).check();
    await editor.getByText('__typename').waitFor();
    await explorer.getByLabel('id*').fill('"b_8"');
    await explorer.getByLabel('id*').press('Enter');
    await editor.getByText('b_8').waitFor();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-plugin').getByText('Query').first().click();
    await page.locator('.graphiql-plugin').getByText('Dashboard').first().waitFor();
    await page.getByRole('button', { name: 'Show History' }).click();
    await page.locator('.graphiql-plugin').getByText('BookPage').first().waitFor();
  });

  test('field usage lists unused fields and the clients of the others', async () => {
    await using other = await startBff(partner, services.urls);
    await using opened = await open(`${other.url}/`);
    const { page, offences } = opened;
    await page.getByRole('button', { name: 'Show Field usage' }).click();
    const usage = page.getByRole('region', { name: 'Field usage' });
    const status = usage.getByRole('row', { name: /^status/ });
    await status.getByText('unused').waitFor();
    await page.getByRole('button', { name: 'Show Screens' }).click();
    await run(page, 'LoanStatus');
    await page.getByRole('button', { name: 'Show Field usage' }).click();
    await status.getByText('sandbox: 1').waitFor();
    await usage.getByRole('checkbox', { name: 'unused only' }).check();
    await expectGone(status);
    expect(await usage.getByText('unused', { exact: true }).count()).toBeGreaterThan(0);
    expect(offences).toEqual([]);
  });

  test('follows the system’s dark mode', async () => {
    await using other = await startBff(partner, services.urls);
    await using opened = await open(`${other.url}/`, 'dark');
    const { page, offences } = opened;
    await run(page, 'LoanStatus');
    expect(await summaryOf(page)).toMatch(/^LoanStatus1 call/);
    const shade = await page.evaluate<string>(
      "getComputedStyle(document.querySelector('.facet-dock')).backgroundColor",
    );
    expect(Math.max(...(shade.match(/\d+/g) ?? []).map(Number))).toBeLessThan(90);
    expect(offences).toEqual([]);
  });

  const IMAGES_OF = [
    { name: 'sandbox', scheme: 'light', prepare: (page: Page) => run(page, 'Dashboard') },
    {
      name: 'sandbox-drill',
      scheme: 'dark',
      async prepare(page: Page) {
        await drill(page, 'library', 'down');
        await drill(page, 'members', 'slow');
        await run(page, 'Dashboard');
      },
    },
    {
      name: 'sandbox-explorer',
      scheme: 'light',
      async prepare(page: Page) {
        await run(page, 'LoanPage');
        await page.getByRole('button', { name: 'Show Explorer' }).click();
        await page.getByRole('region', { name: 'Explorer' }).getByRole('checkbox', { name: 'slipNumber' }).waitFor();
      },
    },
    {
      name: 'sandbox-usage',
      scheme: 'light',
      async prepare(page: Page) {
        await run(page, 'LoanPage');
        await page.getByRole('button', { name: 'Show Field usage' }).click();
        await page.getByRole('table', { name: 'Requests by field' }).waitFor();
      },
    },
  ] as const;

  test.each(IMAGES_OF)('$name is in the docs', async ({ name, scheme, prepare }) => {
    const path = `${IMAGES}${name}.png`;
    if (!existsSync(path) || process.env['UPDATE_SCREENSHOTS']) {
      await using opened = await open(proxy.url, scheme);
      await prepare(opened.page);
      mkdirSync(IMAGES, { recursive: true });
      await settled(opened.page);
      await opened.page.screenshot({ path });
    }
    expect(existsSync(path)).toBe(true);
  });
}

interface Opened extends AsyncDisposable {
  readonly page: Page;
  readonly offences: readonly string[];
}

/** Runs a screen and waits for the response. */
async function run(page: Page, screen: string): Promise<void> {
  const answered = page.waitForResponse(async (response) => {
    const { operationName } = response.request().postDataJSON() ?? {};
    return response.url().endsWith('/graphql') && operationName === screen;
  });
  await page.getByRole('button', { name: `Run ${screen}` }).click();
  await answered;
  await page.locator('.facet-dock[aria-busy="false"] .facet-summary').getByText(screen, { exact: true }).waitFor();
}

async function drill(page: Page, service: string, kind: string): Promise<void> {
  await page.getByRole('button', { name: /^Drill/ }).click();
  await page.getByRole('group', { name: service }).getByRole('radio', { name: kind }).check();
  await page.keyboard.press('Escape');
}

/** Replaces the query. Pastes it, because the editor closes typed brackets. */
async function write(page: Page, query: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(query)})`);
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('ControlOrMeta+V');
}

/** Waits until the editor has highlighted the query and hidden its scroll bars. */
async function settled(page: Page): Promise<void> {
  // Polled from the test, because the page's content security policy forbids eval.
  const is = (condition: string) => until(() => page.evaluate<boolean>(condition));
  await is(`new Set(Array.from(document.querySelectorAll(${TOKENS}), (token) => token.className)).size > 3`);
  await page.mouse.move(0, 0);
  await is("document.querySelectorAll('.scrollbar.visible').length === 0");
}

const TOKENS = "'.graphiql-query-editor .view-line span span'";

/** Presses Tab until the target has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await target.and(page.locator(':focus')).count()) === 1) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}.`);
}

const expectGone = (locator: Locator): Promise<void> => locator.waitFor({ state: 'detached' });

async function summaryOf(page: Page): Promise<string> {
  return (await page.locator('.facet-summary').textContent()) ?? '';
}

/** The rows of the waterfall, as a screen reader reads them. */
async function callsIn(page: Page): Promise<readonly object[]> {
  const waves = await page.getByRole('region', { name: 'Calls' }).locator('tbody').all();
  const calls = waves.map(async (body) => {
    const [head, ...rows] = await body.getByRole('row').all();
    const wave = await head?.getByRole('rowheader').textContent();
    return Promise.all(
      rows.map(async (row) => {
        const [service, call = '', keys, , status] = await row.locator('th, td').allTextContents();
        return { wave, service, call: call.split(' ').slice(0, 2).join(' '), keys, status };
      }),
    );
  });
  return (await Promise.all(calls)).flatMap((inWave) => inWave.sort((a, b) => (a.call < b.call ? 1 : -1)));
}
