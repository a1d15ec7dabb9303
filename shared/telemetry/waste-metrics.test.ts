import { expect, test } from '@jest/globals';
import { figuresIn } from '../../testing/metrics.ts';
import { MetricsPage } from './metrics-page.ts';
import { WasteMeter } from './waste-meter.ts';
import { wasteFamilies } from './waste-metrics.ts';

test('what was measured is on the page, less what nobody says is used or not', async () => {
  const waste = new WasteMeter(1);
  waste.add('Dashboard', [
    {
      service: 'orders',
      endpoint: 'GET /orders',
      calls: 1,
      bodyBytes: 1_100,
      fetchedBytes: 1_000,
      usedBytes: 600,
      unstatedBytes: 100,
      unread: new Map(),
    },
  ]);
  const page = new MetricsPage();
  page.add(...wasteFamilies(waste));
  expect(Object.fromEntries(figuresIn((await page.read()).text))).toMatchObject({
    'facet_measured_fetched_bytes_total{screen="Dashboard",service="orders",endpoint="GET /orders"}': 900,
    'facet_measured_used_bytes_total{screen="Dashboard",service="orders",endpoint="GET /orders"}': 600,
  });
});
