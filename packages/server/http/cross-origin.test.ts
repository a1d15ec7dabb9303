import { startBff } from '@facet/testing/internal/bff.ts';
import { findChromium, launchChromium, NO_CHROMIUM } from '@facet/testing/internal/chromium.ts';
import { bff } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { type LocalService, startLocalService } from '@facet/testing/internal/local-service.ts';
import { openPage } from '@facet/testing/internal/page.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

const executable = findChromium();

if (executable === undefined) test.todo(NO_CHROMIUM);
else describe('a page of another origin, in Chromium', () => inChromium(executable));

function inChromium(chromium: string): void {
  let browser: Browser;
  let site: LocalService;
  beforeAll(async () => {
    browser = await launchChromium(chromium);
    site = await startLocalService((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><link rel="icon" href="data:,">');
    });
  });
  afterAll(async () => {
    await browser?.close();
    await site[Symbol.asyncDispose]();
  });

  /** What becomes of requests that a script of the site makes to a server that allows these origins. */
  async function outcomes(allowedOrigins: string) {
    await using running = await startBff(bff, {}, { ALLOWED_ORIGINS: allowedOrigins });
    await using opened = await openPage(browser, site.url);
    const outcome = (path: string, init: object) =>
      opened.page.evaluate<string>(
        `fetch(${JSON.stringify(running.url + path)}, ${JSON.stringify(init)})
           .then(async (response) => response.type + ' ' + await response.text(), () => 'nothing')`,
      );
    const headers = { 'content-type': 'application/json', 'x-member-id': 'm_42' };
    const body = '{"query":"{ __typename }"}';
    return {
      asked: await outcome('/graphql', { method: 'POST', headers, body }),
      // As an element of the page would load it.
      embedded: await outcome('/healthz', { mode: 'no-cors' }),
    };
  }

  test('asks where it is allowed to, and can embed nothing', async () => {
    expect(await outcomes(site.url)).toEqual({ asked: 'cors {"data":{"__typename":"Query"}}', embedded: 'nothing' });
  });

  test('gets nothing where it is not', async () => {
    expect(await outcomes('https://app.example.com')).toEqual({ asked: 'nothing', embedded: 'nothing' });
  });
}
