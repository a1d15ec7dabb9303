import { expect, test } from '@jest/globals';
import { ClientVersions, clientOf, MAX_CLIENTS, MAX_VERSIONS } from './client-versions.ts';

test.each([
  ['web-app', '1.2.3+45', 'web-app', '1.2.3+45'],
  ['com.example.ios/Home (beta)', '4', 'com.example.ios/Home (beta)', '4'],
  [undefined, '', 'unknown', 'unknown'],
  ['ada@example.com', 'x'.repeat(65), 'other', 'other'],
  ['a"b', 'a\\n', 'other', 'other'],
])('the headers %j and %j are client %j, version %j', (name, version, expectedName, expectedVersion) => {
  const headers = {
    ...(name === undefined ? {} : { 'apollographql-client-name': name }),
    'apollographql-client-version': version,
  };
  expect(clientOf(headers)).toEqual({ name: expectedName, version: expectedVersion });
});

test('a bounded number of clients and versions is counted separately, and all others together', () => {
  const clients = new ClientVersions();
  for (let index = 0; index < 10_000; index += 1) {
    clients.of(`client ${index % 500}`, `${Math.floor(index / 500)}.${index}`, true);
    clients.of('client 0', `1.${index}`, true);
  }
  const all = [...clients];
  expect(new Set(all.map(({ name }) => name)).size).toBe(MAX_CLIENTS + 1);
  expect(all.filter(({ name }) => name === 'client 0')).toHaveLength(MAX_VERSIONS + 1);
  expect(new Set(all.map(({ name, version }) => `${name} ${version}`)).size).toBe(all.length);
  expect(clients.of('client 499', '1', true)).toMatchObject({ name: 'other', version: 'other' });
  expect(clients.of('client 0', 'new', true)).toMatchObject({ name: 'client 0', version: 'other' });
});

test('a client that ran no operation takes no slot', () => {
  const clients = new ClientVersions();
  expect(clients.of('app', '1', false)).toMatchObject({ name: 'other', version: 'other' });
  const first = clients.of('app', '1', true);
  expect(clients.of('app', '1', false)).toBe(first);
  expect(clients.of('app', '2', false)).toMatchObject({ name: 'app', version: 'other' });
  expect(clients.of('other', '1', true)).toMatchObject({ name: 'other', version: 'other' });
  expect([...clients]).toHaveLength(3);
});
