import { expect, test } from '@jest/globals';
import { describeSettings, readSettings } from './settings/settings.ts';

const DEFAULTS = { port: 0, services: {} };

test.each([
  ['', undefined],
  ['redis://cache.internal', 'redis://cache.internal'],
  ['redis://127.0.0.1:6380/2', 'redis://127.0.0.1:6380/2'],
  ['rediss://facet:p%40ss@cache.internal:6379/0', 'rediss://facet:p%40ss@cache.internal:6379/0'],
])('CACHE_URL=%s is taken as %s', (text, expected) => {
  expect(readSettings({ CACHE_URL: text }, DEFAULTS).sharedCache?.url).toBe(expected);
});

const OTHER_PARTS = 'it may have a user, a password (percent-encoded), a host, a port and a database number only';

test.each([
  ['cache.internal', 'not a URL such as redis://cache.internal:6379'],
  ['https://cache.internal', 'not a URL such as redis://cache.internal:6379'],
  ['redis:///2', OTHER_PARTS],
  ['redis://:hunter2@cache.internal/two', OTHER_PARTS],
  ['redis://:hunter2@cache.internal?db=2', OTHER_PARTS],
  ['redis://:hunter2%@cache.internal', OTHER_PARTS],
])('CACHE_URL=%s is refused, and not told', (text, problem) => {
  const read = () => readSettings({ CACHE_URL: text }, DEFAULTS);
  expect(read).toThrow(`These settings are wrong:\n  CACHE_URL: ${problem}`);
  expect(read).not.toThrow(/hunter2/);
});

test('a request waits 20 ms for it, or what CACHE_WAIT_MS says', () => {
  const url = 'redis://cache.internal';
  expect(readSettings({ CACHE_URL: url }, DEFAULTS).sharedCache).toEqual({ url, waitMs: 20 });
  expect(readSettings({ CACHE_URL: url, CACHE_WAIT_MS: '5' }, DEFAULTS).sharedCache).toEqual({ url, waitMs: 5 });
});

test.each([
  ['', undefined],
  ['staging', 'staging'],
  ['eu-1.Staging_2:a', 'eu-1.Staging_2:a'],
  ['x'.repeat(64), 'x'.repeat(64)],
])('CACHE_PREFIX=%s is taken as %s', (CACHE_PREFIX, prefix) => {
  const environment = { CACHE_URL: 'redis://cache.internal', CACHE_PREFIX };
  expect(readSettings(environment, DEFAULTS).sharedCache?.prefix).toBe(prefix);
});

test.each(['a b', 'a*', 'ä', 'a\tb', 'x'.repeat(65)])('CACHE_PREFIX=%j is refused', (CACHE_PREFIX) => {
  expect(() => readSettings({ CACHE_URL: 'redis://cache.internal', CACHE_PREFIX }, DEFAULTS)).toThrow(
    'CACHE_PREFIX: not 1 to 64 letters, digits, dots, colons, dashes and underscores',
  );
});

test('it is refused where a process keeps nothing itself', () => {
  expect(() => readSettings({ CACHE_URL: 'redis://cache.internal', ENTITY_CACHE_BYTES: '0' }, DEFAULTS)).toThrow(
    'CACHE_URL: the shared cache needs the entity cache, and ENTITY_CACHE_BYTES is 0',
  );
});

test('--help says what it is, and that there is none by default', () => {
  expect(describeSettings({}, DEFAULTS)).toMatch(/^ {2}CACHE_URL +Redis or Valkey .* \(none\)$/m);
});
