import { faker } from '@faker-js/faker';
import type { StoredUser } from './model.ts';

const COUNTRIES = ['US', 'US', 'US', 'GB', 'DE', 'FR', 'NL', 'JP', 'KW'];

export function makeUser(n: number): StoredUser {
  const id = `u_${n}`;
  const firstName = id === 'u_42' ? 'Ada' : faker.person.firstName();
  const lastName = id === 'u_42' ? 'Lovelace' : faker.person.lastName();
  return {
    id,
    firstName,
    lastName,
    email: `${id}@example.com`,
    phone: faker.phone.number({ style: 'international' }),
    createdAt: faker.date.between({ from: '2020-01-01', to: '2024-10-31' }).toISOString(),
    address: {
      street: faker.location.streetAddress(),
      city: faker.location.city(),
      postcode: faker.location.zipCode('#####'),
      country: id === 'u_42' ? 'US' : faker.helpers.arrayElement(COUNTRIES),
    },
  };
}
