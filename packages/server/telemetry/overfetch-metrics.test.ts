import { figuresIn } from '@facet/testing/internal/metrics.ts';
import { expect, test } from '@jest/globals';
import { MetricsPage } from './metrics-page.ts';
import { OverfetchMeter, overfetchMetrics } from './overfetch-meter.ts';

test('the page has the measured bytes whose use is known', async () => {
  const waste = new OverfetchMeter(1);
  waste.add('Dashboard', [
    {
      service: 'loans',
      endpoint: 'GET /loans',
      calls: 1,
      bodyBytes: 1_100,
      fetchedBytes: 1_000,
      usedBytes: 600,
      unstatedBytes: 100,
      unread: new Map(),
    },
  ]);
  const page = new MetricsPage();
  page.add(...overfetchMetrics(waste));
  expect(Object.fromEntries(figuresIn((await page.read()).text))).toMatchObject({
    'facet_measured_fetched_bytes_total{screen="Dashboard",service="loans",endpoint="GET /loans"}': 900,
    'facet_measured_used_bytes_total{screen="Dashboard",service="loans",endpoint="GET /loans"}': 600,
  });
});
