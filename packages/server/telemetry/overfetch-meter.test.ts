import { expect, test } from '@jest/globals';
import { type EndpointUse, MAX_PATHS, OverfetchMeter, usedShare } from './overfetch-meter.ts';

function use(more: Partial<EndpointUse> = {}): EndpointUse {
  return {
    service: 'loans',
    endpoint: 'GET /loans',
    calls: 1,
    bodyBytes: 120,
    fetchedBytes: 100,
    usedBytes: 60,
    unstatedBytes: 0,
    unread: new Map([['memberId', 40]]),
    ...more,
  };
}

test.each([
  [1, [1, 2, 3, 4, 5, 6, 7]],
  [3, [1, 4, 7]],
  [100, [1]],
  [0, []],
])('one of every %d responses of a screen is measured, starting with the first', (every, looked) => {
  const meter = new OverfetchMeter(every);
  for (const screen of ['Home', 'Dashboard']) {
    expect([1, 2, 3, 4, 5, 6, 7].filter(() => meter.isDue(screen))).toEqual(looked);
  }
});

test('measurements are added up by screen and endpoint', () => {
  const meter = new OverfetchMeter(1);
  meter.add('Home', [use(), use({ endpoint: 'GET /readings', service: 'library', unread: new Map() })]);
  meter.add('Home', [
    use({
      calls: 2,
      unstatedBytes: 5,
      unread: new Map([
        ['memberId', 1],
        ['items', 39],
      ]),
    }),
  ]);
  meter.add('Dashboard', []);
  expect(meter.screens).toEqual([
    {
      screen: 'Home',
      responses: 2,
      endpoints: [
        {
          service: 'loans',
          endpoint: 'GET /loans',
          calls: 3,
          bodyBytes: 240,
          fetchedBytes: 200,
          usedBytes: 120,
          unstatedBytes: 5,
          unread: new Map([
            ['memberId', 41],
            ['items', 39],
          ]),
        },
        use({ endpoint: 'GET /readings', service: 'library', unread: new Map() }),
      ],
    },
    { screen: 'Dashboard', responses: 1, endpoints: [] },
  ]);
});

test('the number of property paths is bounded', () => {
  const meter = new OverfetchMeter(1);
  for (let index = 0; index < 1_000; index += 1) meter.add('Home', [use({ unread: new Map([[`key${index}`, 2]]) })]);
  const unread = meter.screens[0]?.endpoints[0]?.unread;
  expect(unread?.size).toBe(MAX_PATHS + 1);
  expect(unread?.get('(others)')).toBe(2 * (1_000 - MAX_PATHS));
});

test('the used share counts only bytes whose use is known', () => {
  expect(usedShare([use(), use({ fetchedBytes: 300, usedBytes: 100 })])).toBe(0.4);
  expect(usedShare([use({ fetchedBytes: 160, unstatedBytes: 60 })])).toBe(0.6);
  expect(usedShare([use({ fetchedBytes: 60, usedBytes: 0, unstatedBytes: 60 })])).toBeUndefined();
  expect(usedShare([])).toBeUndefined();
});
