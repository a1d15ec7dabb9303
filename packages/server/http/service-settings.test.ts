import { expect, test } from '@jest/globals';
import { serviceVariables, variable } from './settings/services.ts';

const VARIABLES = serviceVariables({ library: { url: 'http://localhost:3003' } });

test('the variable of a service is one that a shell can set', () => {
  expect(variable('gift-cards', 'URL')).toBe('GIFT_CARDS_URL');
  for (const name of Object.keys(VARIABLES)) expect(name).toMatch(/^[A-Z][A-Z_]*$/);
});

test.each([
  ['library.internal', ['not a URL such as https://users.internal']],
  ['ftp://library.internal', ['not a URL such as https://users.internal']],
  ['http://user:secret@library.internal', ['it may have a host, a port and a path only: no user, query or fragment']],
  ['https://library.internal/v2', []],
])('%j as the URL of a service: %j', (text, problems) => {
  const { error } = VARIABLES['LIBRARY_URL']?.safeParse(text) ?? {};
  expect(error?.issues.map(({ message }) => message) ?? []).toEqual(problems);
});

test('a service that nobody says the place of is looked for on this machine', () => {
  expect(VARIABLES['LIBRARY_URL']?.parse(undefined)).toBe('http://localhost:3003');
});
