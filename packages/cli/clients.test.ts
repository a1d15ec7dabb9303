import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { expect, test } from '@jest/globals';
import { allClients, servicesOf } from './clients.ts';

test('servicesOf lists the services that the fields call', async () => {
  const asked = (await allClients(FIXTURE)).map((bff) => [bff.client, servicesOf(bff)]);
  expect(Object.fromEntries(asked)).toMatchObject({
    mobile: ['library', 'loans', 'members'],
    web: ['library', 'loans', 'members'],
    partner: ['library', 'loans'],
  });
});
