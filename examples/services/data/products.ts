import { faker } from '@faker-js/faker';
import type { StoredProduct, StoredPromo } from './model.ts';

export const CATEGORIES = [
  'audio',
  'bags',
  'books',
  'garden',
  'home',
  'kitchen',
  'outdoor',
  'shoes',
  'toys',
  'watches',
];

export function makeProduct(n: number): StoredProduct {
  return {
    id: `p_${n}`,
    name: faker.commerce.productName(),
    description: faker.commerce.productDescription(),
    priceCents: faker.number.int({ min: 199, max: 29_999 }),
    currency: 'USD',
    category: faker.helpers.arrayElement(CATEGORIES),
    stock: faker.number.int({ min: 0, max: 500 }),
    createdAt: faker.date.between({ from: '2022-01-01', to: '2026-09-30' }).toISOString(),
  };
}

export function makePromo(n: number, products: number): StoredPromo {
  const about = faker.number.int({ min: 1, max: products });
  return {
    id: `promo_${n}`,
    title: `${faker.number.int({ min: 1, max: 8 }) * 5}% off ${faker.commerce.productMaterial().toLowerCase()}`,
    body: faker.commerce.productDescription(),
    // Every third promotion applies to the whole shop.
    ...(n % 3 === 0 ? {} : { productId: `p_${about}` }),
    endsAt: faker.date.between({ from: '2030-01-01', to: '2030-12-31' }).toISOString(),
  };
}
