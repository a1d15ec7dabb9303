import { expect, test } from '@jest/globals';
import { figuresIn } from '../../testing/metrics.ts';
import { MetricsPage } from './metrics-page.ts';
import { wasteFamilies } from './waste-metrics.ts';

test('what was measured is on the page, less what nobody says is used or not', async () => {
  const use = { service: 'orders', endpoint: 'GET /orders', fetchedBytes: 1_000, usedBytes: 600, unstatedBytes: 100 };
  const page = new MetricsPage();
  page.add(...wasteFamilies({ screens: [{ screen: 'Dashboard', endpoints: [use] }] }));
  expect(Object.fromEntries(figuresIn((await page.read()).text))).toMatchObject({
    'facet_measured_fetched_bytes_total{screen="Dashboard",service="orders",endpoint="GET /orders"}': 900,
    'facet_measured_used_bytes_total{screen="Dashboard",service="orders",endpoint="GET /orders"}': 600,
  });
});
