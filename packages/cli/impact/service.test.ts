import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { describe, expect, test } from '@jest/globals';
import { readClient } from './command.ts';
import { readDocument } from './document.ts';
import { breachesBy } from './lengths.ts';
import { impactOf } from './service.ts';
import { reportOf } from './service-report.ts';

const FOLDER = `${FIXTURE}shared`;
const clients = CLIENTS.map((bff) => readClient(bff, FIXTURE));

type Service = 'users' | 'orders' | 'catalog';
type Edit = readonly [from: string | RegExp, to: string];

/** The documents with these edits, each of which changes something, in a folder of their own; the path of the service's. */
function edited(service: Service, ...edits: readonly Edit[]): string {
  const folder = mkdtempSync(`${tmpdir()}/facet-impact-`);
  cpSync(FOLDER, folder, { recursive: true });
  for (const [from, to] of edits) {
    const changed = [`${folder}/${service}/openapi.yaml`, `${folder}/common.yaml`].filter((path) => {
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace(from, to));
      return text.replace(from, to) !== text;
    });
    expect(changed).not.toEqual([]);
  }
  return `${folder}/${service}/openapi.yaml`;
}

/** What breaks, as `client Type.field: Screen, Screen`, by the change; who breaks and who does not, as the report says. */
async function impact(service: Service, ...edits: readonly Edit[]) {
  const before = await readDocument(`${FOLDER}/${service}/openapi.yaml`);
  const found = impactOf(service, before, await readDocument(edited(service, ...edits)), clients);
  const breaches = clients.flatMap((client) => breachesBy(service, before, found.changes, client, client.budget));
  const { text, isBroken } = reportOf(service, found, breaches, clients);
  const fields: Record<string, string[]> = {};
  for (const { change, client, field, screens } of found.broken) {
    const lines = fields[change.text] ?? [];
    fields[change.text] = lines;
    lines.push(`${client} ${field}: ${screens.join(', ')}`.trim());
  }
  const rows = text.matchAll(/^\| (mobile|web|partner) +\| ([^|]+?) +\| ([^|]+?) +\|$/gm);
  const fates = Array.from(rows, ([, client = '', breaks = '', untouched = '']) => [client, { breaks, untouched }]);
  return { fields, fates: Object.fromEntries(fates), isBroken, text };
}

const ALL_UNTOUCHED = {
  mobile: { breaks: '-', untouched: 'Home, OrderDetail' },
  web: { breaks: '-', untouched: 'Dashboard, MoreOrders, OrderPage, ProductPage' },
  partner: { breaks: '-', untouched: 'OrderStatus, ProductFeed' },
};

const NAME: readonly Edit[] = [
  ['        name: { type: string }\n', ''],
  ['required: [id, name, ', 'required: [id, '],
];

describe('a service’s new document', () => {
  test('a removed property', async () => {
    const { fields, fates, isBroken } = await impact('catalog', ...NAME);
    expect(fields).toEqual({
      'name removed': [
        'mobile OrderLine.name: OrderDetail',
        'web Product.name: Dashboard, MoreOrders, OrderPage, ProductPage',
        // By node(id), of which there is no screen; and by products.
        'partner Product.name:',
        'partner Product.name: ProductFeed',
      ],
    });
    expect(fates).toEqual({
      mobile: { breaks: 'OrderDetail', untouched: 'Home' },
      web: { breaks: 'Dashboard, MoreOrders, OrderPage, ProductPage', untouched: '-' },
      partner: { breaks: 'ProductFeed', untouched: 'OrderStatus' },
    });
    expect(isBroken).toBe(true);
  });

  test('a renamed property', async () => {
    const { fields, fates } = await impact('orders', [/totalCents/g, 'totalAmount']);
    expect(fields).toEqual({
      'totalCents removed, probably renamed to totalAmount': [
        'mobile OrderCard.total: Home',
        'mobile OrderDetail.total: OrderDetail',
        'web Order.total: Dashboard, MoreOrders',
        'web Order.total: OrderPage',
        'partner OrderStatus.total: OrderStatus',
      ],
    });
    expect(fates).toEqual({
      mobile: { breaks: 'Home, OrderDetail', untouched: '-' },
      web: { breaks: 'Dashboard, MoreOrders, OrderPage', untouched: 'ProductPage' },
      partner: { breaks: 'OrderStatus', untouched: 'ProductFeed' },
    });
  });

  test('a property of another type', async () => {
    const { fields, fates } = await impact('catalog', [
      'stock: { type: integer, minimum: 0 }',
      'stock: { type: string }',
    ]);
    expect(fields['stock is string, was integer']).toEqual([
      'web Product.stock: ProductPage',
      'web Product.inStock: OrderPage, ProductPage',
      'partner Product.stock:',
      'partner Product.stock: ProductFeed',
    ]);
    expect(fates['mobile']).toEqual(ALL_UNTOUCHED.mobile);
    expect(fates['web']).toEqual({ breaks: 'OrderPage, ProductPage', untouched: 'Dashboard, MoreOrders' });
  });

  test('a property removed from one endpoint', async () => {
    const { fields, fates } = await impact(
      'catalog',
      [/( {4}Promo:[\s\S]*?) {8}imageUrl: .*\n/, '$1'],
      ['[id, title, body, imageUrl, endsAt]', '[id, title, body, endsAt]'],
    );
    expect(fields).toEqual({
      'imageUrl removed': ['mobile PromoCard.imageUrl: Home', 'web Promo.imageUrl: Dashboard'],
    });
    expect(fates).toEqual({
      mobile: { breaks: 'Home', untouched: 'OrderDetail' },
      web: { breaks: 'Dashboard', untouched: 'MoreOrders, OrderPage, ProductPage' },
      partner: ALL_UNTOUCHED.partner,
    });
  });

  test('a property removed from a nested object or list', async () => {
    const city = await impact('orders', ['        city: { type: string }\n', ''], ['[street, city, ', '[street, ']);
    expect(city.fields).toEqual({
      'shippingAddress.city removed': [
        'mobile OrderDetail.shipTo: OrderDetail',
        'web Address.city:',
        'web Address.city: OrderPage',
      ],
    });
    const quantity = await impact('orders', [/ {8}quantity: .*\n/, ''], ['[productId, quantity, ', '[productId, ']);
    expect(quantity.fields).toEqual({
      'items.quantity removed': [
        'mobile OrderLine.quantity: OrderDetail',
        'web OrderItem.quantity: Dashboard, MoreOrders',
        'web OrderItem.quantity: OrderPage',
      ],
    });
    expect(quantity.fates.partner).toEqual(ALL_UNTOUCHED.partner);
  });

  test('a removed foreign key', async () => {
    const { fields } = await impact('orders', [/productId/g, 'product']);
    expect(fields['items.productId removed, probably renamed to items.product']).toEqual([
      'mobile OrderLine.productId: OrderDetail',
      'mobile OrderLine.name: OrderDetail',
      'mobile OrderLine.imageUrl: OrderDetail',
      'web OrderItem.productId:',
      'web OrderItem.product: Dashboard, MoreOrders',
      'web OrderItem.productId:',
      'web OrderItem.product: OrderPage',
    ]);
  });

  test('a removed row key', async () => {
    const { fields, fates } = await impact('users', [
      "        id: { $ref: '../common.yaml#/components/schemas/Id' }\n",
      '',
    ]);
    expect(fields).toEqual({
      'id removed': [
        'mobile Home.greeting: Home',
        'mobile Home.avatar: Home',
        'web Dashboard.profile: Dashboard',
        'web User.id: Dashboard',
      ],
    });
    expect(fates.partner).toEqual(ALL_UNTOUCHED.partner);
  });

  test('optional values of non-null fields', async () => {
    const nullable = await impact('orders', ['placedAt: { type: string,', 'placedAt: { type: [string, "null"],']);
    expect(nullable.fates.web).toEqual({ breaks: 'Dashboard, MoreOrders, OrderPage', untouched: 'ProductPage' });
    // The only field that reads it is nullable.
    const optional = await impact('users', ['email, phone, avatarUrl, ', 'email, phone, ']);
    expect(optional.fields).toEqual({ 'avatarUrl may be left out': ['web User.avatarUrl: Dashboard'] });
    expect(optional.fates.mobile).toEqual(ALL_UNTOUCHED.mobile);
  });

  test('a new enum value', async () => {
    const { fields, fates } = await impact('orders', ['[pending, paid,', '[draft, pending, paid,']);
    expect(fields).toEqual({
      'status may be draft': [
        'mobile OrderCard.status: Home',
        'mobile OrderDetail.status: OrderDetail',
        'web Order.status: Dashboard, MoreOrders',
        'web Order.status: OrderPage',
        'partner OrderStatus.status: OrderStatus',
      ],
    });
    expect(fates.web).toEqual({ breaks: 'Dashboard, MoreOrders, OrderPage', untouched: 'ProductPage' });
    // Without one, nothing that clients know is missing.
    expect((await impact('orders', ['[pending, paid,', '[pending,'])).isBroken).toBe(false);
  });

  test('a removed path', async () => {
    const { fields, fates } = await impact('catalog', [/ {2}\/promos:[\s\S]*?(?= {2}\/images)/, '']);
    expect(fields).toEqual({ 'GET /promos removed': ['mobile Home.promos: Home', 'web Dashboard.promos: Dashboard'] });
    expect(fates.partner).toEqual(ALL_UNTOUCHED.partner);
    // Nobody calls it.
    expect((await impact('catalog', [/ {2}\/images\/\{name\}:[\s\S]*?(?=components:)/, ''])).isBroken).toBe(false);
  });

  test('moved rows', async () => {
    const { fields, fates } = await impact('users', [
      "{ type: array, maxItems: 100, items: { $ref: '#/components/schemas/User' } }",
      "{ type: object, properties: { data: { type: array, items: { $ref: '#/components/schemas/User' } } } }",
    ]);
    expect(fields).toEqual({
      'the response is object, was array of object; its items are probably at data': [
        'mobile Home.greeting: Home',
        'mobile Home.avatar: Home',
        'web Dashboard.profile: Dashboard',
      ],
    });
    expect(fates.web).toEqual({ breaks: 'Dashboard', untouched: 'MoreOrders, OrderPage, ProductPage' });
  });

  test.each<[string, Edit]>([
    ['is the same', [/$/, '\n']],
    ['has a new property', ['        stock: {', '        rating: { type: number }\n        stock: {']],
    ['has other descriptions', ['The products.', 'All products.']],
    [
      'renames a path parameter',
      [
        /\{id\}:[\s\S]*?name: id,/,
        '{key}:\n    get:\n      operationId: getProduct\n      parameters:\n        - { name: key,',
      ],
    ],
    [
      'has a new optional parameter',
      [
        '        - { name: category,',
        '        - { name: brand, in: query, schema: { type: string } }\n        - { name: category,',
      ],
    ],
    ['lacks an unused property', [/, createdAt\]([\s\S]*?) {8}createdAt: .*\n/, ']$1']],
  ])('breaks no client if it %s', async (_, edit) => {
    const { fates, isBroken, fields } = await impact('catalog', edit);
    expect(fields).toEqual({});
    expect(fates).toEqual(ALL_UNTOUCHED);
    expect(isBroken).toBe(false);
  });
});

describe('a parameter', () => {
  test('for sparse fetching is removed', async () => {
    const { fields } = await impact('catalog', [/(\/promos:[\s\S]*?) {8}- \{ \$ref: .*parameters\/fields' \}\n/, '$1']);
    expect(fields).toEqual({
      'parameter fields removed': ['mobile Home.promos: Home', 'web Dashboard.promos: Dashboard'],
    });
  });

  test('that a screen does not send is removed', async () => {
    const { fields, fates } = await impact('orders', [
      "        - { $ref: '../common.yaml#/components/parameters/after' }\n",
      '',
    ]);
    // Home shows the first page only.
    expect(fields).toEqual({
      'parameter after removed': ['mobile Home.recentOrders:', 'web Dashboard.orders: Dashboard, MoreOrders'],
    });
    expect(fates).toEqual({
      ...ALL_UNTOUCHED,
      web: { breaks: 'Dashboard, MoreOrders', untouched: 'OrderPage, ProductPage' },
    });
  });

  test('accepts fewer ids than a call may send', async () => {
    const { fields, fates } = await impact('catalog', ['minItems: 1, maxItems: 100', 'minItems: 1, maxItems: 50']);
    // An order has 20 items at most, a dashboard 2,000.
    expect(fields).toEqual({
      'parameter ids at most 50 items, was 100': [
        'mobile OrderLine.name:',
        'mobile OrderLine.imageUrl:',
        'web OrderItem.product: Dashboard, MoreOrders',
        'web Promo.product:',
        'web Query.product:',
        'partner Query.node:',
      ],
    });
    expect(fates.mobile).toEqual(ALL_UNTOUCHED.mobile);
    expect(fates.web).toEqual({ breaks: 'Dashboard, MoreOrders', untouched: 'OrderPage, ProductPage' });
    expect(fates.partner.breaks).toBe('ad-hoc operations');
  });

  test('accepts less than an argument allows', async () => {
    const { fields } = await impact('orders', ['maximum: 100, default', 'maximum: 60, default']);
    expect(fields).toEqual({
      'parameter limit at most 60, was 100': [
        'mobile Home.recentOrders: Home',
        'web Dashboard.orders: Dashboard, MoreOrders',
      ],
    });
  });

  test('is new and required', async () => {
    const { fields, fates } = await impact('users', [
      "        - { $ref: '../common.yaml#/components/parameters/ids' }",
      "        - { $ref: '../common.yaml#/components/parameters/ids' }\n        - { name: tenant, in: query, required: true, schema: { type: string } }",
    ]);
    expect(fields).toEqual({
      'parameter tenant is new and required': [
        'mobile Home.greeting: Home',
        'mobile Home.avatar: Home',
        'web Dashboard.profile: Dashboard',
      ],
    });
    expect(fates.partner).toEqual(ALL_UNTOUCHED.partner);
  });

  test('is serialized with repetition', async () => {
    const { fields } = await impact('users', [/(name: ids[\s\S]*?)explode: false/, '$1explode: true']);
    expect(Object.keys(fields)).toEqual(['parameter ids is serialized as form, repeated']);
  });
});

describe('a response described differently', () => {
  test('media type parameters are ignored', async () => {
    const charset: Edit = [
      'application/json:\n              schema: { type: array, maxItems: 100',
      "'application/json; charset=utf-8':\n              schema: { type: array, maxItems: 100",
    ];
    const same = await impact('orders', charset);
    expect({ fates: same.fates, isBroken: same.isBroken }).toEqual({ fates: ALL_UNTOUCHED, isBroken: false });
    const { fates } = await impact('orders', charset, [/ {8}totalCents: .*\n/, ''], ['totalCents, ', '']);
    expect(fates['web']).toEqual({ breaks: 'Dashboard, MoreOrders, OrderPage', untouched: 'ProductPage' });
  });

  test('variants without a property', async () => {
    const variants: Edit = [
      "items: { $ref: '#/components/schemas/Order' }",
      "items: { oneOf: [{ $ref: '#/components/schemas/Order' }, { type: object, required: [id], properties: { id: { type: string } } }] }",
    ];
    const { fields, fates } = await impact('orders', variants);
    expect(fields['totalCents may be left out']).toEqual([
      'mobile OrderCard.total: Home',
      'mobile OrderDetail.total: OrderDetail',
      'web Order.total: Dashboard, MoreOrders',
      'web Order.total: OrderPage',
      'partner OrderStatus.total: OrderStatus',
    ]);
    expect(fates['web']).toEqual({ breaks: 'Dashboard, MoreOrders, OrderPage', untouched: 'ProductPage' });
  });
});

describe('longer lists', () => {
  const longer: Edit = ['items: { type: array, maxItems: 20,', 'items: { type: array, maxItems: 50,'];

  test('exceed budgets', async () => {
    const { text, fates, isBroken } = await impact('orders', longer);
    expect(text).toContain('Budgets exceeded, because items may hold 50 items, was 20:');
    expect(text).toContain('Dashboard can take 53 calls; its budget is 23.');
    expect(fates).toEqual({
      mobile: { breaks: 'OrderDetail', untouched: 'Home' },
      web: { breaks: 'Dashboard, MoreOrders, OrderPage', untouched: 'ProductPage' },
      partner: ALL_UNTOUCHED.partner,
    });
    expect(isBroken).toBe(true);
  });

  test('are bounded by the longest variant', async () => {
    const item = "items: { $ref: '#/components/schemas/OrderItem' }";
    const kinds = [5, 50].map((most) => `{ type: array, maxItems: ${most}, ${item} }`);
    const { text } = await impact('orders', [`{ type: array, maxItems: 20, ${item} }`, `{ oneOf: [${kinds}] }`]);
    expect(text).toContain('because items may hold 50 items, was 20:');
  });

  test('break unbounded fields', async () => {
    const { text } = await impact('orders', ['items: { type: array, maxItems: 20,', 'items: { type: array,']);
    expect(text).toContain('OrderDetail: order.items is a list without a bound');
  });

  test('break nothing if they are shorter', async () => {
    expect((await impact('orders', ['maxItems: 20,', 'maxItems: 10,'])).isBroken).toBe(false);
  });
});

test('unused broken fields are listed separately, and break only clients with ad-hoc operations', async () => {
  const phone = await impact('users', [/ {8}phone: .*\n/, ''], ['email, phone,', 'email,']);
  expect(phone.text).toMatch(/that no registered screen uses:[\s\S]*User\.phone +\| web/);
  expect(phone.isBroken).toBe(false);
});

test('reports a reference next to a $ref that cannot be resolved', async () => {
  const beside = (more: string): Edit => [
    "{ $ref: '../common.yaml#/components/schemas/Address' }",
    `{ $ref: '../common.yaml#/components/schemas/Address', ${more} }`,
  ];
  const reference = "{ $ref: '../common.yaml#/components/schemas/Problem' }";
  const path = edited('orders', beside(`properties: { city: ${reference} }`));
  await expect(readDocument(path)).rejects.toThrow('Use allOf: [the $ref, the keywords].');
  const whole = await readDocument(edited('orders', beside(`allOf: [${reference}]`)));
  expect(whole).toHaveProperty('components.schemas.Problem');
});
