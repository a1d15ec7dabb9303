import { bff } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { describe, expect, test } from '@jest/globals';
import { readSettings } from './settings/settings.ts';

describe('NODE_ENV', () => {
  test.each([undefined, '', 'development', 'test'])('%j is for who develops', (NODE_ENV) => {
    expect(readSettings(NODE_ENV === undefined ? {} : { NODE_ENV }, bff)).toMatchObject({ developing: true });
  });

  test('production is the safe side of every switch', () => {
    const settings = readSettings({ NODE_ENV: 'production', TRUSTED_PROXIES: '10.0.0.7' }, bff);
    expect(settings).toMatchObject({ developing: false, sandbox: false, introspection: false, documents: 'locked' });
  });

  test.each(['prod', 'Production', 'PRODUCTION', ' production', 'live', 'staging'])(
    '%j is neither, and does not start',
    (NODE_ENV) => {
      expect(() => readSettings({ NODE_ENV }, bff)).toThrow(/^ {2}NODE_ENV: /m);
    },
  );
});
