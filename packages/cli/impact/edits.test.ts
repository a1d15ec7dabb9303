import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import { readClient } from './command.ts';
import { readDocument, resolved } from './document.ts';
import { breachesBy } from './lengths.ts';
import { schemaImpact } from './schema.ts';
import { type BrokenField, impactOf } from './service.ts';

const FOLDER = `${FIXTURE}shared`;
const clients = CLIENTS.map((bff) => readClient(bff, FIXTURE));

type Service = 'users' | 'orders' | 'catalog';
/** A part of a document, edited at any depth. */
type Json = ReturnType<typeof Object>;
type Edit = (document: Json) => unknown;

const documents = new Map<Service, Json>();

beforeAll(async () => {
  for (const service of ['users', 'orders', 'catalog'] as const) {
    documents.set(service, await readDocument(`${FOLDER}/${service}/openapi.yaml`));
  }
});

const VERDICTS = [
  ['breaking', 'breaks'],
  ['unclear', 'cannot tell'],
  ['notice', 'notice'],
] as const;

/** What an edit does: `breaks web Dashboard, MoreOrders; notice partner (open)`, or `safe`. */
function verdictOf(service: Service, edit: Edit, openapi = '3.1.0', first: Edit = () => undefined): string {
  const before = { ...structuredClone(documents.get(service)), openapi };
  first(before);
  const after = structuredClone(before);
  edit(after);
  expect(after).not.toEqual(before);
  const { changes, broken } = impactOf(service, before, after, clients);
  const breaches = clients.flatMap((client) => breachesBy(service, before, changes, client, client.budget));
  const parts = VERDICTS.flatMap(([level, words]) => {
    const who = clientsOf(broken.filter(({ change }) => change.level === level));
    return who === '' ? [] : [`${words} ${who}`];
  });
  const over = [...new Set(breaches.map(({ client, screen }) => `${client} ${screen}`))];
  return [...parts, ...(over.length > 0 ? [`budget ${over.join(', ')}`] : [])].join('; ') || 'safe';
}

function clientsOf(fields: readonly BrokenField[]): string {
  return clients
    .flatMap(({ name, isOpen }) => {
      const own = fields.filter(({ client }) => client === name);
      const screens = [...new Set(own.flatMap((field) => field.screens))].sort();
      if (screens.length > 0) return [`${name} ${screens.join(' ')}`];
      return own.length > 0 && isOpen ? [`${name} (open)`] : [];
    })
    .join(', ');
}

/** A property of a schema, in place of what it was. */
const property =
  (schema: string, name: string, value: unknown): Edit =>
  ({ components }) => {
    components.schemas[schema].properties[name] = value;
  };

/** Changes of the schema of a property, which is no longer shared with others. */
const patched =
  (schema: string, name: string, patch: object): Edit =>
  (document) => {
    const { properties } = document.components.schemas[schema];
    properties[name] = { ...resolved(document, properties[name]), ...patch };
  };

const optional =
  (schema: string, name: string): Edit =>
  ({ components }) => {
    const holder = components.schemas[schema];
    holder.required = holder.required.filter((one: string) => one !== name);
  };

/** Changes of one operation's parameter, and of its schema. */
const parameter =
  (path: string, name: string, patch: object, own: object = {}): Edit =>
  (document) => {
    const { parameters } = document.paths[path].get;
    const index = parameters.findIndex((one: Json) => resolved(document, one)['name'] === name);
    const old: Json = resolved(document, parameters[index]);
    parameters[index] = { ...old, schema: { ...resolved(document, old.schema), ...patch }, ...own };
  };

const added =
  (path: string, one: object): Edit =>
  ({ paths }) =>
    void paths[path].get.parameters.push(one);

const operation =
  (path: string, change: (operation: Json, document: Json) => unknown): Edit =>
  (document) =>
    change(document.paths[path].get, document);

describe('a service’s document', () => {
  test.each<[string, Service, Edit, string]>([
    // Values of answers: types.
    [
      'a number becomes a text',
      'catalog',
      property('Product', 'stock', { type: 'string' }),
      'breaks web OrderPage ProductPage, partner ProductFeed',
    ],
    [
      'an integer may have fractions',
      'catalog',
      patched('Product', 'stock', { type: 'number' }),
      'breaks web OrderPage ProductPage, partner ProductFeed',
    ],
    ['a text becomes a list', 'users', property('User', 'phone', { type: 'array', items: { type: 'string' } }), 'safe'],
    ['a value may be anything', 'catalog', property('Promo', 'body', {}), 'breaks web Dashboard'],
    [
      'a value may be null, in 3.1',
      'orders',
      patched('Order', 'placedAt', { type: ['string', 'null'] }),
      'breaks mobile Home OrderDetail, web Dashboard MoreOrders OrderPage, partner OrderStatus',
    ],
    [
      'a value may be null, in 3.0',
      'orders',
      patched('Order', 'placedAt', { nullable: true }),
      'breaks mobile Home OrderDetail, web Dashboard MoreOrders OrderPage, partner OrderStatus',
    ],
    [
      'a value may be null, by oneOf',
      'orders',
      property('Order', 'placedAt', { oneOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] }),
      'breaks mobile Home OrderDetail, web Dashboard MoreOrders OrderPage, partner OrderStatus',
    ],
    ['a value may be left out', 'users', optional('User', 'email'), 'breaks web Dashboard'],
    [
      'a value is gone',
      'users',
      ({ components }) => void delete components.schemas.User.properties.firstName,
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a value is write-only',
      'users',
      patched('User', 'firstName', { writeOnly: true }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a value is always there',
      'orders',
      ({ components }) => void components.schemas.Order.required.push('trackingNumber'),
      'safe',
    ],
    ['a value is new', 'catalog', property('Product', 'rating', { type: 'number' }), 'safe'],
    [
      'an enum has one more',
      'orders',
      ({ components }) => void components.schemas.OrderStatus.enum.push('lost'),
      'breaks mobile Home OrderDetail, web Dashboard MoreOrders OrderPage, partner OrderStatus',
    ],
    ['an enum has one less', 'orders', ({ components }) => void components.schemas.OrderStatus.enum.pop(), 'safe'],
    ['an enum becomes a constant', 'orders', patched('Order', 'status', { enum: undefined, const: 'paid' }), 'safe'],
    [
      'an enum becomes any text',
      'orders',
      property('Order', 'status', { type: 'string' }),
      'breaks mobile Home OrderDetail, web Dashboard MoreOrders OrderPage, partner OrderStatus',
    ],
    [
      'a moment is any text',
      'catalog',
      property('Promo', 'endsAt', { type: 'string' }),
      'breaks mobile Home, web Dashboard',
    ],
    ['a whole number grows', 'catalog', patched('Product', 'stock', { format: 'int64' }), 'safe'],
    // Values of answers: limits, which no field relies on.
    ['a pattern', 'users', patched('User', 'phone', { pattern: '^x' }), 'safe'],
    ['a longer text', 'catalog', patched('Product', 'id', { maxLength: 500 }), 'safe'],
    ['a lower bound', 'catalog', patched('Product', 'stock', { minimum: -5 }), 'safe'],
    ['a bound that excludes', 'catalog', patched('Product', 'stock', { exclusiveMaximum: 5 }), 'safe'],
    ['a multiple', 'catalog', patched('Product', 'stock', { multipleOf: 5 }), 'safe'],
    ['a shorter list', 'orders', patched('Order', 'items', { maxItems: 5 }), 'safe'],
    ['a list that must not be empty', 'orders', patched('Order', 'items', { minItems: 1 }), 'safe'],
    ['a list of different items', 'orders', patched('Order', 'items', { uniqueItems: true }), 'safe'],
    [
      'a longer list',
      'orders',
      patched('Order', 'items', { maxItems: 90 }),
      'budget mobile OrderDetail, web Dashboard, web MoreOrders, web OrderPage',
    ],
    [
      'a list without an end',
      'orders',
      patched('Order', 'items', { maxItems: undefined }),
      'budget mobile OrderDetail, web Dashboard, web MoreOrders, web OrderPage',
    ],
    [
      'more properties',
      'catalog',
      ({ components }) => Object.assign(components.schemas.Product, { additionalProperties: true }),
      'safe',
    ],
    ['read only', 'catalog', patched('Product', 'stock', { readOnly: true }), 'safe'],
    // Values of answers: what says nothing of them.
    ['a description', 'catalog', patched('Product', 'name', { description: 'What it is called.' }), 'safe'],
    ['a default', 'catalog', patched('Product', 'stock', { default: 0 }), 'safe'],
    ['an example', 'catalog', patched('Product', 'name', { examples: ['Chair'] }), 'safe'],
    ['an extension', 'catalog', patched('Product', 'name', { 'x-order': 3 }), 'safe'],
    [
      'deprecated',
      'catalog',
      patched('Product', 'stock', { deprecated: true }),
      'notice web OrderPage ProductPage, partner ProductFeed',
    ],
    // Values of answers: what cannot be judged.
    [
      'not',
      'catalog',
      patched('Product', 'stock', { not: { const: 7 } }),
      'cannot tell web OrderPage ProductPage, partner ProductFeed',
    ],
    [
      'if and then',
      'catalog',
      patched('Product', 'stock', JSON.parse('{ "if": { "minimum": 5 }, "then": { "maximum": 9 } }')),
      'cannot tell web OrderPage ProductPage, partner ProductFeed',
    ],
    [
      'an encoding',
      'users',
      patched('User', 'avatarUrl', { contentEncoding: 'base64' }),
      'cannot tell mobile Home, web Dashboard',
    ],
    [
      'items by position',
      'orders',
      patched('Order', 'items', { prefixItems: [{ type: 'object' }] }),
      'cannot tell mobile OrderDetail, web Dashboard MoreOrders OrderPage',
    ],
    [
      'an unknown keyword',
      'catalog',
      patched('Product', 'stock', { strictness: 'high' }),
      'cannot tell web OrderPage ProductPage, partner ProductFeed',
    ],
    // What a call sends.
    [
      'after is a number',
      'orders',
      parameter('/orders', 'after', { type: 'integer' }),
      'breaks web Dashboard MoreOrders',
    ],
    [
      'category is one of two',
      'catalog',
      parameter('/products', 'category', { enum: ['toys', 'books'] }),
      'breaks partner ProductFeed',
    ],
    [
      'category is a constant',
      'catalog',
      parameter('/products', 'category', { const: 'toys' }),
      'breaks partner ProductFeed',
    ],
    [
      'category matches',
      'catalog',
      parameter('/products', 'category', { pattern: '^[a-z]+$' }),
      'breaks partner ProductFeed',
    ],
    [
      'category has a pattern that is not for the flag u',
      'catalog',
      parameter('/products', 'category', { pattern: '^[\\w\\_]+$' }),
      'breaks partner ProductFeed',
    ],
    [
      'category has a pattern that cannot be read',
      'catalog',
      parameter('/products', 'category', { pattern: '(' }),
      'cannot tell partner ProductFeed',
    ],
    [
      'category has a format',
      'catalog',
      parameter('/products', 'category', { format: 'uuid' }),
      'breaks partner ProductFeed',
    ],
    [
      'category has a length',
      'catalog',
      parameter('/products', 'category', { maxLength: 9 }),
      'breaks partner ProductFeed',
    ],
    [
      'category must not be empty',
      'catalog',
      parameter('/products', 'category', { minLength: 1 }),
      'breaks partner ProductFeed',
    ],
    [
      'category is anything but',
      'catalog',
      parameter('/products', 'category', { not: { const: 'x' } }),
      'cannot tell partner ProductFeed',
    ],
    [
      'category has an unknown keyword',
      'catalog',
      parameter('/products', 'category', { fuzzy: true }),
      'cannot tell partner ProductFeed',
    ],
    [
      'category may be a number, too',
      'catalog',
      parameter('/products', 'category', { type: ['string', 'integer'] }),
      'safe',
    ],
    [
      'category is a list',
      'catalog',
      parameter('/products', 'category', { type: 'array', items: { type: 'string' } }),
      'breaks partner ProductFeed',
    ],
    [
      'category is described as JSON',
      'catalog',
      parameter(
        '/products',
        'category',
        {},
        { schema: undefined, content: { 'application/json': { schema: { type: 'string' } } } },
      ),
      'breaks partner ProductFeed',
    ],
    [
      'category is required',
      'catalog',
      parameter('/products', 'category', {}, { required: true }),
      'breaks mobile OrderDetail, web Dashboard MoreOrders OrderPage ProductPage, partner ProductFeed',
    ],
    [
      'category is deprecated',
      'catalog',
      parameter('/products', 'category', {}, { deprecated: true }),
      'notice partner ProductFeed',
    ],
    [
      'limit is less',
      'orders',
      parameter('/orders', 'limit', { maximum: 60 }),
      'breaks mobile Home, web Dashboard MoreOrders',
    ],
    [
      'limit is less, and excludes',
      'orders',
      parameter('/orders', 'limit', { exclusiveMaximum: 100 }),
      'breaks mobile Home, web Dashboard MoreOrders',
    ],
    [
      'limit may have fractions, and excludes',
      'orders',
      parameter('/orders', 'limit', { type: 'number', exclusiveMaximum: 100 }),
      'breaks mobile Home, web Dashboard MoreOrders',
    ],
    [
      'limit may have fractions, and excludes as OpenAPI 3.0 has it',
      'orders',
      parameter('/orders', 'limit', { type: 'number', exclusiveMaximum: true }),
      'breaks mobile Home, web Dashboard MoreOrders',
    ],
    [
      'limit may have fractions, and excludes what no screen sends',
      'orders',
      parameter('/orders', 'limit', { type: 'number', exclusiveMaximum: 100.5 }),
      'safe',
    ],
    [
      'limit is a multiple',
      'orders',
      parameter('/orders', 'limit', { multipleOf: 10 }),
      'breaks mobile Home, web Dashboard MoreOrders',
    ],
    ['limit is a text', 'orders', parameter('/orders', 'limit', { type: 'string' }), 'safe'],
    ['limit has 64 bits', 'orders', parameter('/orders', 'limit', { format: 'int64' }), 'safe'],
    [
      'limit has another default',
      'orders',
      parameter('/orders', 'limit', { default: 50 }),
      'notice mobile OrderDetail, web OrderPage, partner OrderStatus',
    ],
    ['ids are fewer', 'users', parameter('/users', 'ids', { maxItems: 1 }), 'safe'],
    ['ids are at least two', 'users', parameter('/users', 'ids', { minItems: 2 }), 'breaks mobile Home, web Dashboard'],
    ['ids differ', 'users', parameter('/users', 'ids', { uniqueItems: true }), 'safe'],
    [
      'ids are numbers',
      'users',
      parameter('/users', 'ids', { items: { type: 'integer' } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'ids are shorter',
      'users',
      parameter('/users', 'ids', { items: { type: 'string', minLength: 1, maxLength: 8 } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'ids are repeated',
      'users',
      parameter('/users', 'ids', {}, { explode: true }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'ids are separated by pipes',
      'users',
      parameter('/users', 'ids', {}, { style: 'pipeDelimited' }),
      'breaks mobile Home, web Dashboard',
    ],
    ['ids may have reserved characters', 'users', parameter('/users', 'ids', {}, { allowReserved: true }), 'safe'],
    [
      'fields are of an enum of all',
      'users',
      parameter('/users', 'fields', {
        items: { enum: ['id', 'firstName', 'lastName', 'email', 'avatarUrl', 'createdAt'] },
      }),
      'safe',
    ],
    [
      'fields are of an enum of some',
      'users',
      parameter('/users', 'fields', { items: { enum: ['id', 'firstName', 'avatarUrl'] } }),
      'breaks web Dashboard',
    ],
    ['fields are fewer', 'users', parameter('/users', 'fields', { maxItems: 3 }), 'breaks web Dashboard'],
    [
      'a header takes less',
      'users',
      parameter('/users', 'X-Request-Timeout-Ms', { maximum: 10 }),
      'breaks mobile Home, web Dashboard',
    ],
    ['a header is not taken', 'users', operation('/users', (get) => void get.parameters.pop()), 'safe'],
    ['a new parameter', 'users', added('/users', { name: 'tenant', in: 'query', schema: { type: 'string' } }), 'safe'],
    [
      'a new and required parameter',
      'users',
      added('/users', { name: 'tenant', in: 'query', required: true, schema: { type: 'string' } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a new and required header',
      'users',
      added('/users', { name: 'X-Tenant', in: 'header', required: true, schema: { type: 'string' } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a header that is sent anyway',
      'users',
      added('/users', { name: 'X-Request-Id', in: 'header', required: true, schema: { type: 'string' } }),
      'safe',
    ],
    [
      'a new and required cookie',
      'users',
      added('/users', { name: 'session', in: 'cookie', required: true, schema: { type: 'string' } }),
      'breaks mobile Home, web Dashboard',
    ],
    // Operations.
    [
      'an operation is gone',
      'catalog',
      ({ paths }) => void delete paths['/promos'],
      'breaks mobile Home, web Dashboard',
    ],
    [
      'an operation is deprecated',
      'catalog',
      operation('/promos', (get) => Object.assign(get, { deprecated: true })),
      'notice mobile Home, web Dashboard',
    ],
    [
      'an operation answers with another code',
      'catalog',
      operation('/promos', (get) => Object.assign(get, { responses: { 201: get.responses['200'] } })),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'an operation answers with codes like it',
      'catalog',
      operation('/promos', (get) => Object.assign(get, { responses: { '2XX': get.responses['200'] } })),
      'safe',
    ],
    [
      'an operation answers another type',
      'catalog',
      operation('/promos', (get) => Object.assign(get.responses['200'], { content: { 'text/csv': {} } })),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'an operation may answer with 204',
      'catalog',
      operation('/promos', (get) => Object.assign(get.responses, { '204': { description: '' } })),
      'notice mobile Home, web Dashboard',
    ],
    [
      'an operation may fail with 429',
      'catalog',
      operation('/promos', (get) => Object.assign(get.responses, { '429': { description: '' } })),
      'safe',
    ],
    [
      'pages are not told of',
      'catalog',
      operation('/products', (get) => void delete get.responses['200'].headers.Link),
      'breaks partner ProductFeed',
    ],
    [
      'answers are cached otherwise',
      'catalog',
      operation('/promos', (get) =>
        Object.assign(get.responses['200'].headers, { 'Cache-Control': { schema: { const: 'no-store' } } }),
      ),
      'notice mobile Home, web Dashboard',
    ],
    [
      'credentials are needed',
      'catalog',
      operation('/promos', (get, document) => {
        document.components.securitySchemes = { key: { type: 'apiKey', in: 'header', name: 'X-Key' } };
        get.security = [{ key: [] }];
      }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'credentials have another header',
      'orders',
      ({ components }) => Object.assign(components.securitySchemes.user, { name: 'X-Person' }),
      'breaks mobile Home OrderDetail, web Dashboard MoreOrders OrderPage, partner OrderStatus',
    ],
    [
      'another server',
      'catalog',
      (document) => Object.assign(document, { servers: [{ url: 'http://localhost:9/v2' }] }),
      'notice mobile Home OrderDetail, web Dashboard MoreOrders OrderPage ProductPage, partner ProductFeed',
    ],
    [
      'an operation has an unknown property',
      'catalog',
      operation('/promos', (get) => Object.assign(get, { quota: 5 })),
      'cannot tell mobile Home, web Dashboard',
    ],
    [
      'an operation is called otherwise',
      'catalog',
      operation('/promos', (get) => Object.assign(get, { operationId: 'promotions' })),
      'safe',
    ],
  ])('%s', (_, service, edit, expected) => {
    expect(verdictOf(service, edit)).toBe(expected);
  });
});

/** Keywords beside the reference that is a property's schema. */
const beside =
  (schema: string, name: string, siblings: object): Edit =>
  ({ components }) => {
    const { properties } = components.schemas[schema];
    expect(properties[name]).toHaveProperty('$ref');
    properties[name] = { ...properties[name], ...siblings };
  };

/** Keywords beside the reference that is a parameter's schema, or that of its items. */
const parameterBeside =
  (path: string, name: string, siblings: object): Edit =>
  (document) => {
    const { parameters } = document.paths[path].get;
    const index = parameters.findIndex((one: Json) => resolved(document, one)['name'] === name);
    const copy = structuredClone(resolved(document, parameters[index])) as Json;
    const schema = copy.schema.items ?? copy.schema;
    expect(schema).toHaveProperty('$ref');
    Object.assign(schema, siblings);
    parameters[index] = copy;
  };

const ID_IS_ONE: Edit = (document) => {
  parameterBeside('/orders/{id}', 'id', { enum: ['o_1'] })(document);
  parameterBeside('/orders', 'ids', { enum: ['o_1'] })(document);
};

const ALL_ORDERS = 'mobile Home OrderDetail, web Dashboard MoreOrders OrderPage, partner OrderStatus';

describe('keywords next to a $ref', () => {
  test.each<[string, Service, Edit, string]>([
    ['one id', 'orders', ID_IS_ONE, 'breaks mobile OrderDetail, web OrderPage, partner OrderStatus'],
    ['a value in no answer', 'orders', beside('Order', 'status', { writeOnly: true }), `breaks ${ALL_ORDERS}`],
    ['a value of another type', 'orders', beside('Order', 'status', { type: 'integer' }), `breaks ${ALL_ORDERS}`],
    ['a deprecated value', 'orders', beside('Order', 'totalCents', { deprecated: true }), `notice ${ALL_ORDERS}`],
    ['a value that is not', 'orders', beside('Order', 'status', { not: { const: 'x' } }), `cannot tell ${ALL_ORDERS}`],
    [
      'after is one of one',
      'orders',
      parameterBeside('/orders', 'after', { enum: ['x'] }),
      'breaks web Dashboard MoreOrders',
    ],
    [
      'after is shorter',
      'orders',
      parameterBeside('/orders', 'after', { maxLength: 3 }),
      'breaks web Dashboard MoreOrders',
    ],
    [
      'after has contradictory types',
      'orders',
      parameterBeside('/orders', 'after', { type: 'integer' }),
      'breaks web Dashboard MoreOrders',
    ],
    ['after has a default', 'orders', parameterBeside('/orders', 'after', { default: 'x' }), `notice ${ALL_ORDERS}`],
    [
      'after is deprecated',
      'orders',
      parameterBeside('/orders', 'after', { deprecated: true }),
      'notice web Dashboard MoreOrders',
    ],
    [
      'id matches',
      'orders',
      (document) => {
        parameterBeside('/orders/{id}', 'id', { pattern: '^o_' })(document);
        parameterBeside('/orders', 'ids', { pattern: '^o_' })(document);
      },
      'breaks mobile OrderDetail, web OrderPage, partner OrderStatus',
    ],
    [
      'a deprecated property of the items of a list',
      'orders',
      ({ components }) => {
        const { items } = components.schemas.Order.properties;
        items.items = { ...items.items, properties: { quantity: { deprecated: true } } };
      },
      'notice mobile OrderDetail, web Dashboard MoreOrders OrderPage',
    ],
    [
      'a property of another type in an allOf',
      'orders',
      beside('Order', 'shippingAddress', { allOf: [{ properties: { city: { type: 'integer' } } }] }),
      'breaks mobile OrderDetail, web OrderPage',
    ],
    ['fewer values', 'orders', beside('Order', 'status', { enum: ['paid', 'lost'] }), 'safe'],
    ['the same type, not null', 'orders', beside('Order', 'status', { type: ['string', 'null'] }), 'safe'],
    ['a note', 'orders', beside('Order', 'status', { description: 'How far it is.' }), 'safe'],
    [
      'a note of a property, which stays required',
      'orders',
      beside('Order', 'shippingAddress', { properties: { city: { description: 'Where.' } } }),
      'safe',
    ],
  ])('%s', (_, service, edit, expected) => {
    expect(verdictOf(service, edit)).toBe(expected);
    if (expected !== 'safe') expect(verdictOf(service, edit, '3.0.3')).toBe('safe');
  });

  test('that are removed', () => {
    const first: Edit = (document) => {
      document.components.schemas.OrderStatus.enum.push('lost');
      beside('Order', 'status', { enum: ['paid'] })(document);
    };
    const edit: Edit = ({ components }) => void delete components.schemas.Order.properties.status.enum;
    expect(verdictOf('orders', edit, '3.1.0', first)).toBe(`breaks ${ALL_ORDERS}`);
    expect(verdictOf('orders', edit, '3.0.3', first)).toBe('safe');
  });

  test('of a parameter or a header are not schema keywords', () => {
    const edit: Edit = ({ paths }) => {
      const { parameters, responses } = paths['/orders'].get;
      for (const one of parameters) if ('$ref' in one) Object.assign(one, { description: 'More.', required: true });
      Object.assign(responses['200'].headers['Cache-Control'], { summary: 'How long.' });
    };
    expect(verdictOf('orders', edit)).toBe('safe');
  });
});

const withBody = (body: object): Edit => operation('/promos', (get) => Object.assign(get, { requestBody: body }));
const json = (schema: object) => ({ content: { 'application/json': { schema } } });

describe('the body of a GET', () => {
  test.each<[string, object, object | undefined, string]>([
    ['is new and required', { required: true, ...json({}) }, undefined, 'breaks mobile Home, web Dashboard'],
    ['is new, required and no JSON', { required: true, content: {} }, undefined, 'breaks mobile Home, web Dashboard'],
    ['is new', json({ required: ['a'], properties: { a: {} } }), undefined, 'safe'],
    ['is required', { required: true, ...json({}) }, json({}), 'breaks mobile Home, web Dashboard'],
    ['takes less', json({ type: 'array' }), json({ type: 'object' }), 'safe'],
  ])('%s', (_, body, old, expected) => {
    expect(verdictOf('catalog', withBody(body), '3.1.0', old && withBody(old))).toBe(expected);
  });
});

const SDL = `
  directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
  directive @owner(team: String!) on FIELD_DEFINITION
  directive @live(every: Int) on QUERY
  type Query {
    list(first: Int! = 20 @range(min: 1, max: 100), kind: Kind, filter: Filter, ids: [Int!]): [Item!]
    item(id: ID!): Item
    any: Any
    node: Node
    old: String
  }
  enum Kind { A B }
  enum Order { UP DOWN }
  input Filter { text: String  size: Int = 3  order: Order }
  interface Node { id: ID! }
  type Item implements Node { id: ID!  name: String  size: Int!  kind: Kind!  parts: [Part!]!  self: Node }
  type Part implements Node { id: ID!  weight(unit: String = "kg"): Float  size(unit: String = "m"): Float }
  type Extra { id: ID! }
  union Any = Item | Part
`;

const SCREENS = {
  Default: '{ list { id name } }',
  Literal: '{ list(first: 5, kind: A) { kind } }',
  Required: 'query($first: Int!, $filter: Filter) { list(first: $first, filter: $filter) { size } }',
  Optional: 'query($first: Int = 7) { list(first: $first) { parts { weight size(unit: "cm") } } }',
  Both: '{ a: list(first: 9) { id } b: list { id } }',
  Abstract: '{ any { ... on Item { name } } node { id } }',
  One: 'query @live { item(id: 1) { id self { id } } }',
};

describe('a client’s schema', () => {
  test.each<[string, string, string, string]>([
    ['an argument is required', 'first: Int! = 20 @', 'first: Int! @', 'breaks Default, Both; unfit Default, Both'],
    ['an argument has another default', 'first: Int! = 20 @', 'first: Int! = 30 @', 'notice Default, Both'],
    [
      'an argument must not be null',
      'kind: Kind,',
      'kind: Kind! = A,',
      'breaks no screen; notice Default, Required, Optional, Both',
    ],
    ['an argument allows less', 'max: 100', 'max: 8', 'breaks Required, Optional, Both'],
    ['an argument allows more', 'max: 100', 'max: 200', 'safe'],
    ['an argument of another type', 'id: ID!): Item', 'id: Int!): Item', 'breaks no screen'],
    ['a list argument takes nulls', 'ids: [Int!]', 'ids: [Int]', 'safe'],
    ['a list argument is one of its items', 'ids: [Int!]', 'ids: Int', 'breaks no screen'],
    ['an argument may be null', 'item(id: ID!)', 'item(id: ID)', 'safe'],
    ['an argument is gone', ', kind: Kind,', ',', 'breaks Literal; unfit Literal'],
    ['a new argument', 'item(id: ID!', 'item(id: ID!, at: Int', 'safe'],
    ['a new and required argument', 'item(id: ID!', 'item(id: ID!, at: Int!', 'breaks One; unfit One'],
    ['a default that every screen overrides', 'unit: String = "m"', 'unit: String = "in"', 'safe'],
    ['a default that a screen takes', 'unit: String = "kg"', 'unit: String = "g"', 'notice Optional'],
    ['a field is gone', 'name: String ', '', 'breaks Default, Abstract; unfit Default, Abstract'],
    ['an unused field is removed', '    old: String\n', '', 'breaks no screen'],
    ['a field may be null', 'size: Int!  kind', 'size: Int  kind', 'breaks Required'],
    ['a field is never null', 'name: String ', 'name: String! ', 'safe'],
    ['a field of another type', 'size: Int!  kind', 'size: Float!  kind', 'breaks Required'],
    ['a field of a narrower type', 'self: Node }', 'self: Item }', 'safe'],
    ['a list is one of its items', 'parts: [Part!]!', 'parts: Part!', 'breaks Optional'],
    ['a list of what may be null', 'parts: [Part!]!', 'parts: [Part]!', 'breaks Optional'],
    ['a field is new', 'name: String ', 'name: String  title: String ', 'safe'],
    ['a field is deprecated', 'size: Int!  kind', 'size: Int! @deprecated  kind', 'notice Required'],
    ['a field has a directive', 'size: Int!  kind', 'size: Int! @owner(team: "a")  kind', 'cannot tell Required'],
    ['an enum has one more', 'enum Kind { A B }', 'enum Kind { A B C }', 'notice Literal'],
    ['an enum has one less', 'enum Kind { A B }', 'enum Kind { A }', 'breaks Literal'],
    ['an enum that is only sent has one more', 'UP DOWN', 'UP DOWN SIDEWAYS', 'safe'],
    ['an input has one more', 'order: Order }', 'order: Order  more: Int }', 'safe'],
    ['an input needs one more', 'order: Order }', 'order: Order  more: Int! }', 'breaks Required'],
    ['an input has one less', '  order: Order }', ' }', 'breaks Required'],
    ['an input has another default', 'size: Int = 3', 'size: Int = 4', 'notice Required'],
    ['an input may not be null', 'text: String  size', 'text: String!  size', 'breaks Required'],
    ['a union has one more', 'Any = Item | Part', 'Any = Item | Part | Extra', 'notice Abstract'],
    ['a union has one less', 'Any = Item | Part', 'Any = Part', 'breaks Abstract; unfit Abstract'],
    ['an interface has one more', 'type Extra {', 'type Extra implements Node {', 'notice Abstract, One'],
    ['an interface has one less', 'type Part implements Node {', 'type Part {', 'breaks Abstract, One'],
    ['a directive is gone', '  directive @live(every: Int) on QUERY\n', '', 'breaks One; unfit One'],
    ['a directive needs an argument', '@live(every: Int)', '@live(every: Int, since: Int!)', 'breaks One; unfit One'],
    ['a description', 'type Extra {', '"More." type Extra {', 'safe'],
    ['a type is new', 'type Extra {', 'type Other { id: ID } type Extra {', 'safe'],
  ])('%s', async (_, from, to, expected) => {
    expect(await schemaVerdict(SDL, from, to, SCREENS)).toBe(expected);
  });
});

describe('an input type', () => {
  const INPUTS = `
    type Query { list(filter: Filter, order: Order): Int }
    enum Order { UP DOWN SIDEWAYS }
    input Filter { text: String  size: Int = 3  order: Order  inner: Filter }`;
  const OWN = {
    Size: '{ list(filter: { size: 7 }) }',
    Inner: '{ list(filter: { size: 7, inner: { text: "a", order: DOWN } }, order: UP) }',
    Part: 'query($size: Int) { list(filter: { text: "b", size: $size }) }',
    Whole: 'query($filter: Filter) { list(filter: $filter) }',
    Order: 'query($order: Order) { list(order: $order) }',
    None: '{ list }',
  };

  test.each([
    ['has another default', 'size: Int = 3', 'size: Int = 4', 'notice Inner, Part, Whole'],
    ['has no default', 'size: Int = 3', 'size: Int', 'notice Inner, Part, Whole'],
    [
      'needs a field',
      'size: Int = 3',
      'size: Int!',
      'breaks Inner, Part, Whole; notice Part, Whole; unfit Inner, Part',
    ],
    ['does not take null', 'size: Int = 3', 'size: Int! = 3', 'breaks Part, Whole'],
    ['has a field of another type', 'text: String', 'text: Int', 'breaks Inner, Part, Whole; unfit Inner, Part'],
    ['lacks a field', '  order: Order  inner', '  inner', 'breaks Inner, Whole; unfit Inner'],
    [
      'needs one more',
      'inner: Filter',
      'inner: Filter  id: ID!',
      'breaks Size, Inner, Part, Whole; unfit Size, Inner, Part',
    ],
    ['has an enum without a value that one sends', ' DOWN ', ' ', 'breaks Inner, Whole, Order; unfit Inner'],
    ['has an enum without a value that only variables may send', ' SIDEWAYS', '', 'breaks Whole, Order'],
  ])('%s', async (_, from, to, expected) => {
    expect(await schemaVerdict(INPUTS, from, to, OWN)).toBe(expected);
  });
});

/** What an edit of a schema does to screens: `breaks Default; notice Both; unfit Default`, or `safe`. */
async function schemaVerdict(sdl: string, from: string, to: string, screens: object): Promise<string> {
  expect(sdl).toContain(from);
  const { changes, unfit } = await schemaImpact(sdl, sdl.replace(from, to), (schema) =>
    Object.entries(screens).map(([name, text]) => {
      const document = parse(text);
      expect(validate(schema, document)).toEqual([]);
      return { name, id: name, text, document };
    }),
  );
  const parts = VERDICTS.flatMap(([level, words]) => {
    const own = changes.filter((change) => change.level === level);
    const named = [...new Set(own.flatMap((change) => change.screens))];
    return own.length === 0 ? [] : [`${words} ${named.join(', ') || 'no screen'}`];
  });
  const refused = unfit.length > 0 ? [`unfit ${unfit.map(({ screen }) => screen).join(', ')}`] : [];
  return [...parts, ...refused].join('; ') || 'safe';
}
