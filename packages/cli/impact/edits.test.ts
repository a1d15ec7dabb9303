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

type Service = 'members' | 'loans' | 'library';
/** A part of a document, edited at any depth. */
type Json = ReturnType<typeof Object>;
type Edit = (document: Json) => unknown;

const documents = new Map<Service, Json>();

beforeAll(async () => {
  for (const service of ['members', 'loans', 'library'] as const) {
    documents.set(service, await readDocument(`${FOLDER}/${service}/openapi.yaml`));
  }
});

const VERDICTS = [
  ['breaking', 'breaks'],
  ['unclear', 'cannot tell'],
  ['notice', 'notice'],
] as const;

/** What an edit does: `breaks web Dashboard, MoreLoans; notice partner (open)`, or `safe`. */
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
      'library',
      property('Book', 'stock', { type: 'string' }),
      'breaks web BookPage LoanPage, partner BookFeed',
    ],
    [
      'an integer may have fractions',
      'library',
      patched('Book', 'stock', { type: 'number' }),
      'breaks web BookPage LoanPage, partner BookFeed',
    ],
    [
      'a text becomes a list',
      'members',
      property('Member', 'phone', { type: 'array', items: { type: 'string' } }),
      'safe',
    ],
    ['a value may be anything', 'library', property('Reading', 'body', {}), 'breaks web Dashboard'],
    [
      'a value may be null, in 3.1',
      'loans',
      patched('Loan', 'lentAt', { type: ['string', 'null'] }),
      'breaks mobile Home LoanDetail, web Dashboard LoanPage MoreLoans, partner LoanStatus',
    ],
    [
      'a value may be null, in 3.0',
      'loans',
      patched('Loan', 'lentAt', { nullable: true }),
      'breaks mobile Home LoanDetail, web Dashboard LoanPage MoreLoans, partner LoanStatus',
    ],
    [
      'a value may be null, by oneOf',
      'loans',
      property('Loan', 'lentAt', { oneOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] }),
      'breaks mobile Home LoanDetail, web Dashboard LoanPage MoreLoans, partner LoanStatus',
    ],
    ['a value may be left out', 'members', optional('Member', 'email'), 'breaks web Dashboard'],
    [
      'a value is gone',
      'members',
      ({ components }) => void delete components.schemas.Member.properties.firstName,
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a value is write-only',
      'members',
      patched('Member', 'firstName', { writeOnly: true }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a value is always there',
      'loans',
      ({ components }) => void components.schemas.Loan.required.push('slipNumber'),
      'safe',
    ],
    ['a value is new', 'library', property('Book', 'rating', { type: 'number' }), 'safe'],
    [
      'an enum has one more',
      'loans',
      ({ components }) => void components.schemas.LoanStatus.enum.push('lost'),
      'breaks mobile Home LoanDetail, web Dashboard LoanPage MoreLoans, partner LoanStatus',
    ],
    ['an enum has one less', 'loans', ({ components }) => void components.schemas.LoanStatus.enum.pop(), 'safe'],
    ['an enum becomes a constant', 'loans', patched('Loan', 'status', { enum: undefined, const: 'reserved' }), 'safe'],
    [
      'an enum becomes any text',
      'loans',
      property('Loan', 'status', { type: 'string' }),
      'breaks mobile Home LoanDetail, web Dashboard LoanPage MoreLoans, partner LoanStatus',
    ],
    [
      'a moment is any text',
      'library',
      property('Reading', 'endsAt', { type: 'string' }),
      'breaks mobile Home, web Dashboard',
    ],
    ['a whole number grows', 'library', patched('Book', 'stock', { format: 'int64' }), 'safe'],
    // Values of answers: limits, which no field relies on.
    ['a pattern', 'members', patched('Member', 'phone', { pattern: '^x' }), 'safe'],
    ['a longer text', 'library', patched('Book', 'id', { maxLength: 500 }), 'safe'],
    ['a lower bound', 'library', patched('Book', 'stock', { minimum: -5 }), 'safe'],
    ['a bound that excludes', 'library', patched('Book', 'stock', { exclusiveMaximum: 5 }), 'safe'],
    ['a multiple', 'library', patched('Book', 'stock', { multipleOf: 5 }), 'safe'],
    ['a shorter list', 'loans', patched('Loan', 'items', { maxItems: 5 }), 'safe'],
    ['a list that must not be empty', 'loans', patched('Loan', 'items', { minItems: 1 }), 'safe'],
    ['a list of different items', 'loans', patched('Loan', 'items', { uniqueItems: true }), 'safe'],
    [
      'a longer list',
      'loans',
      patched('Loan', 'items', { maxItems: 90 }),
      'budget mobile LoanDetail, web Dashboard, web LoanPage, web MoreLoans',
    ],
    [
      'a list without an end',
      'loans',
      patched('Loan', 'items', { maxItems: undefined }),
      'budget mobile LoanDetail, web Dashboard, web LoanPage, web MoreLoans',
    ],
    [
      'more properties',
      'library',
      ({ components }) => Object.assign(components.schemas.Book, { additionalProperties: true }),
      'safe',
    ],
    ['read only', 'library', patched('Book', 'stock', { readOnly: true }), 'safe'],
    // Values of answers: what says nothing of them.
    ['a description', 'library', patched('Book', 'name', { description: 'What it is called.' }), 'safe'],
    ['a default', 'library', patched('Book', 'stock', { default: 0 }), 'safe'],
    ['an example', 'library', patched('Book', 'name', { examples: ['Chair'] }), 'safe'],
    ['an extension', 'library', patched('Book', 'name', { 'x-order': 3 }), 'safe'],
    [
      'deprecated',
      'library',
      patched('Book', 'stock', { deprecated: true }),
      'notice web BookPage LoanPage, partner BookFeed',
    ],
    // Values of answers: what cannot be judged.
    [
      'not',
      'library',
      patched('Book', 'stock', { not: { const: 7 } }),
      'cannot tell web BookPage LoanPage, partner BookFeed',
    ],
    [
      'if and then',
      'library',
      patched('Book', 'stock', JSON.parse('{ "if": { "minimum": 5 }, "then": { "maximum": 9 } }')),
      'cannot tell web BookPage LoanPage, partner BookFeed',
    ],
    [
      'an encoding',
      'members',
      patched('Member', 'photoUrl', { contentEncoding: 'base64' }),
      'cannot tell mobile Home, web Dashboard',
    ],
    [
      'items by position',
      'loans',
      patched('Loan', 'items', { prefixItems: [{ type: 'object' }] }),
      'cannot tell mobile LoanDetail, web Dashboard LoanPage MoreLoans',
    ],
    [
      'an unknown keyword',
      'library',
      patched('Book', 'stock', { strictness: 'high' }),
      'cannot tell web BookPage LoanPage, partner BookFeed',
    ],
    // What a call sends.
    ['after is a number', 'loans', parameter('/loans', 'after', { type: 'integer' }), 'breaks web Dashboard MoreLoans'],
    [
      'genre is one of two',
      'library',
      parameter('/books', 'genre', { enum: ['poetry', 'books'] }),
      'breaks partner BookFeed',
    ],
    ['genre is a constant', 'library', parameter('/books', 'genre', { const: 'poetry' }), 'breaks partner BookFeed'],
    ['genre matches', 'library', parameter('/books', 'genre', { pattern: '^[a-z]+$' }), 'breaks partner BookFeed'],
    [
      'genre has a pattern that is not for the flag u',
      'library',
      parameter('/books', 'genre', { pattern: '^[\\w\\_]+$' }),
      'breaks partner BookFeed',
    ],
    [
      'genre has a pattern that cannot be read',
      'library',
      parameter('/books', 'genre', { pattern: '(' }),
      'cannot tell partner BookFeed',
    ],
    ['genre has a format', 'library', parameter('/books', 'genre', { format: 'uuid' }), 'breaks partner BookFeed'],
    ['genre has a length', 'library', parameter('/books', 'genre', { maxLength: 9 }), 'breaks partner BookFeed'],
    ['genre must not be empty', 'library', parameter('/books', 'genre', { minLength: 1 }), 'breaks partner BookFeed'],
    [
      'genre is anything but',
      'library',
      parameter('/books', 'genre', { not: { const: 'x' } }),
      'cannot tell partner BookFeed',
    ],
    [
      'genre has an unknown keyword',
      'library',
      parameter('/books', 'genre', { fuzzy: true }),
      'cannot tell partner BookFeed',
    ],
    ['genre may be a number, too', 'library', parameter('/books', 'genre', { type: ['string', 'integer'] }), 'safe'],
    [
      'genre is a list',
      'library',
      parameter('/books', 'genre', { type: 'array', items: { type: 'string' } }),
      'breaks partner BookFeed',
    ],
    [
      'genre is described as JSON',
      'library',
      parameter(
        '/books',
        'genre',
        {},
        { schema: undefined, content: { 'application/json': { schema: { type: 'string' } } } },
      ),
      'breaks partner BookFeed',
    ],
    [
      'genre is required',
      'library',
      parameter('/books', 'genre', {}, { required: true }),
      'breaks mobile LoanDetail, web BookPage Dashboard LoanPage MoreLoans, partner BookFeed',
    ],
    [
      'genre is deprecated',
      'library',
      parameter('/books', 'genre', {}, { deprecated: true }),
      'notice partner BookFeed',
    ],
    [
      'limit is less',
      'loans',
      parameter('/loans', 'limit', { maximum: 60 }),
      'breaks mobile Home, web Dashboard MoreLoans',
    ],
    [
      'limit is less, and excludes',
      'loans',
      parameter('/loans', 'limit', { exclusiveMaximum: 100 }),
      'breaks mobile Home, web Dashboard MoreLoans',
    ],
    [
      'limit may have fractions, and excludes',
      'loans',
      parameter('/loans', 'limit', { type: 'number', exclusiveMaximum: 100 }),
      'breaks mobile Home, web Dashboard MoreLoans',
    ],
    [
      'limit may have fractions, and excludes as OpenAPI 3.0 has it',
      'loans',
      parameter('/loans', 'limit', { type: 'number', exclusiveMaximum: true }),
      'breaks mobile Home, web Dashboard MoreLoans',
    ],
    [
      'limit may have fractions, and excludes what no screen sends',
      'loans',
      parameter('/loans', 'limit', { type: 'number', exclusiveMaximum: 100.5 }),
      'safe',
    ],
    [
      'limit is a multiple',
      'loans',
      parameter('/loans', 'limit', { multipleOf: 10 }),
      'breaks mobile Home, web Dashboard MoreLoans',
    ],
    ['limit is a text', 'loans', parameter('/loans', 'limit', { type: 'string' }), 'safe'],
    ['limit has 64 bits', 'loans', parameter('/loans', 'limit', { format: 'int64' }), 'safe'],
    [
      'limit has another default',
      'loans',
      parameter('/loans', 'limit', { default: 50 }),
      'notice mobile LoanDetail, web LoanPage, partner LoanStatus',
    ],
    ['ids are fewer', 'members', parameter('/members', 'ids', { maxItems: 1 }), 'safe'],
    [
      'ids are at least two',
      'members',
      parameter('/members', 'ids', { minItems: 2 }),
      'breaks mobile Home, web Dashboard',
    ],
    ['ids differ', 'members', parameter('/members', 'ids', { uniqueItems: true }), 'safe'],
    [
      'ids are numbers',
      'members',
      parameter('/members', 'ids', { items: { type: 'integer' } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'ids are shorter',
      'members',
      parameter('/members', 'ids', { items: { type: 'string', minLength: 1, maxLength: 8 } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'ids are repeated',
      'members',
      parameter('/members', 'ids', {}, { explode: true }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'ids are separated by pipes',
      'members',
      parameter('/members', 'ids', {}, { style: 'pipeDelimited' }),
      'breaks mobile Home, web Dashboard',
    ],
    ['ids may have reserved characters', 'members', parameter('/members', 'ids', {}, { allowReserved: true }), 'safe'],
    [
      'fields are of an enum of all',
      'members',
      parameter('/members', 'fields', {
        items: { enum: ['id', 'firstName', 'lastName', 'email', 'photoUrl', 'joinedAt'] },
      }),
      'safe',
    ],
    [
      'fields are of an enum of some',
      'members',
      parameter('/members', 'fields', { items: { enum: ['id', 'firstName', 'photoUrl'] } }),
      'breaks web Dashboard',
    ],
    ['fields are fewer', 'members', parameter('/members', 'fields', { maxItems: 3 }), 'breaks web Dashboard'],
    [
      'a header takes less',
      'members',
      parameter('/members', 'X-Request-Timeout-Ms', { maximum: 10 }),
      'breaks mobile Home, web Dashboard',
    ],
    ['a header is not taken', 'members', operation('/members', (get) => void get.parameters.pop()), 'safe'],
    [
      'a new parameter',
      'members',
      added('/members', { name: 'tenant', in: 'query', schema: { type: 'string' } }),
      'safe',
    ],
    [
      'a new and required parameter',
      'members',
      added('/members', { name: 'tenant', in: 'query', required: true, schema: { type: 'string' } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a new and required header',
      'members',
      added('/members', { name: 'X-Tenant', in: 'header', required: true, schema: { type: 'string' } }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'a header that is sent anyway',
      'members',
      added('/members', { name: 'X-Request-Id', in: 'header', required: true, schema: { type: 'string' } }),
      'safe',
    ],
    [
      'a new and required cookie',
      'members',
      added('/members', { name: 'session', in: 'cookie', required: true, schema: { type: 'string' } }),
      'breaks mobile Home, web Dashboard',
    ],
    // Operations.
    [
      'an operation is gone',
      'library',
      ({ paths }) => void delete paths['/readings'],
      'breaks mobile Home, web Dashboard',
    ],
    [
      'an operation is deprecated',
      'library',
      operation('/readings', (get) => Object.assign(get, { deprecated: true })),
      'notice mobile Home, web Dashboard',
    ],
    [
      'an operation answers with another code',
      'library',
      operation('/readings', (get) => Object.assign(get, { responses: { 201: get.responses['200'] } })),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'an operation answers with codes like it',
      'library',
      operation('/readings', (get) => Object.assign(get, { responses: { '2XX': get.responses['200'] } })),
      'safe',
    ],
    [
      'an operation answers another type',
      'library',
      operation('/readings', (get) => Object.assign(get.responses['200'], { content: { 'text/csv': {} } })),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'an operation may answer with 204',
      'library',
      operation('/readings', (get) => Object.assign(get.responses, { '204': { description: '' } })),
      'notice mobile Home, web Dashboard',
    ],
    [
      'an operation may fail with 429',
      'library',
      operation('/readings', (get) => Object.assign(get.responses, { '429': { description: '' } })),
      'safe',
    ],
    [
      'pages are not told of',
      'library',
      operation('/books', (get) => void delete get.responses['200'].headers.Link),
      'breaks partner BookFeed',
    ],
    [
      'answers are cached otherwise',
      'library',
      operation('/readings', (get) =>
        Object.assign(get.responses['200'].headers, { 'Cache-Control': { schema: { const: 'no-store' } } }),
      ),
      'notice mobile Home, web Dashboard',
    ],
    [
      'credentials are needed',
      'library',
      operation('/readings', (get, document) => {
        document.components.securitySchemes = { key: { type: 'apiKey', in: 'header', name: 'X-Key' } };
        get.security = [{ key: [] }];
      }),
      'breaks mobile Home, web Dashboard',
    ],
    [
      'credentials have another header',
      'loans',
      ({ components }) => Object.assign(components.securitySchemes.member, { name: 'X-Person' }),
      'breaks mobile Home LoanDetail, web Dashboard LoanPage MoreLoans, partner LoanStatus',
    ],
    [
      'another server',
      'library',
      (document) => Object.assign(document, { servers: [{ url: 'http://localhost:9/v2' }] }),
      'notice mobile Home LoanDetail, web BookPage Dashboard LoanPage MoreLoans, partner BookFeed',
    ],
    [
      'an operation has an unknown property',
      'library',
      operation('/readings', (get) => Object.assign(get, { quota: 5 })),
      'cannot tell mobile Home, web Dashboard',
    ],
    [
      'an operation is called otherwise',
      'library',
      operation('/readings', (get) => Object.assign(get, { operationId: 'readings' })),
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
  parameterBeside('/loans/{id}', 'id', { enum: ['l_1'] })(document);
  parameterBeside('/loans', 'ids', { enum: ['l_1'] })(document);
};

const ALL_LOANS = 'mobile Home LoanDetail, web Dashboard LoanPage MoreLoans, partner LoanStatus';

describe('keywords next to a $ref', () => {
  test.each<[string, Service, Edit, string]>([
    ['one id', 'loans', ID_IS_ONE, 'breaks mobile LoanDetail, web LoanPage, partner LoanStatus'],
    ['a value in no answer', 'loans', beside('Loan', 'status', { writeOnly: true }), `breaks ${ALL_LOANS}`],
    ['a value of another type', 'loans', beside('Loan', 'status', { type: 'integer' }), `breaks ${ALL_LOANS}`],
    ['a deprecated value', 'loans', beside('Loan', 'feeCents', { deprecated: true }), `notice ${ALL_LOANS}`],
    ['a value that is not', 'loans', beside('Loan', 'status', { not: { const: 'x' } }), `cannot tell ${ALL_LOANS}`],
    [
      'after is one of one',
      'loans',
      parameterBeside('/loans', 'after', { enum: ['x'] }),
      'breaks web Dashboard MoreLoans',
    ],
    [
      'after is shorter',
      'loans',
      parameterBeside('/loans', 'after', { maxLength: 3 }),
      'breaks web Dashboard MoreLoans',
    ],
    [
      'after has contradictory types',
      'loans',
      parameterBeside('/loans', 'after', { type: 'integer' }),
      'breaks web Dashboard MoreLoans',
    ],
    ['after has a default', 'loans', parameterBeside('/loans', 'after', { default: 'x' }), `notice ${ALL_LOANS}`],
    [
      'after is deprecated',
      'loans',
      parameterBeside('/loans', 'after', { deprecated: true }),
      'notice web Dashboard MoreLoans',
    ],
    [
      'id matches',
      'loans',
      (document) => {
        parameterBeside('/loans/{id}', 'id', { pattern: '^l_' })(document);
        parameterBeside('/loans', 'ids', { pattern: '^l_' })(document);
      },
      'breaks mobile LoanDetail, web LoanPage, partner LoanStatus',
    ],
    [
      'a deprecated property of the items of a list',
      'loans',
      ({ components }) => {
        const { items } = components.schemas.Loan.properties;
        items.items = { ...items.items, properties: { days: { deprecated: true } } };
      },
      'notice mobile LoanDetail, web Dashboard LoanPage MoreLoans',
    ],
    [
      'a property of another type in an allOf',
      'loans',
      beside('Loan', 'pickupAddress', { allOf: [{ properties: { city: { type: 'integer' } } }] }),
      'breaks mobile LoanDetail, web LoanPage',
    ],
    ['fewer values', 'loans', beside('Loan', 'status', { enum: ['reserved', 'lost'] }), 'safe'],
    ['the same type, not null', 'loans', beside('Loan', 'status', { type: ['string', 'null'] }), 'safe'],
    ['a note', 'loans', beside('Loan', 'status', { description: 'How far it is.' }), 'safe'],
    [
      'a note of a property, which stays required',
      'loans',
      beside('Loan', 'pickupAddress', { properties: { city: { description: 'Where.' } } }),
      'safe',
    ],
  ])('%s', (_, service, edit, expected) => {
    expect(verdictOf(service, edit)).toBe(expected);
    if (expected !== 'safe') expect(verdictOf(service, edit, '3.0.3')).toBe('safe');
  });

  test('that are removed', () => {
    const first: Edit = (document) => {
      document.components.schemas.LoanStatus.enum.push('lost');
      beside('Loan', 'status', { enum: ['reserved'] })(document);
    };
    const edit: Edit = ({ components }) => void delete components.schemas.Loan.properties.status.enum;
    expect(verdictOf('loans', edit, '3.1.0', first)).toBe(`breaks ${ALL_LOANS}`);
    expect(verdictOf('loans', edit, '3.0.3', first)).toBe('safe');
  });

  test('of a parameter or a header are not schema keywords', () => {
    const edit: Edit = ({ paths }) => {
      const { parameters, responses } = paths['/loans'].get;
      for (const one of parameters) if ('$ref' in one) Object.assign(one, { description: 'More.', required: true });
      Object.assign(responses['200'].headers['Cache-Control'], { summary: 'How long.' });
    };
    expect(verdictOf('loans', edit)).toBe('safe');
  });
});

const withBody = (body: object): Edit => operation('/readings', (get) => Object.assign(get, { requestBody: body }));
const json = (schema: object) => ({ content: { 'application/json': { schema } } });

describe('the body of a GET', () => {
  test.each<[string, object, object | undefined, string]>([
    ['is new and required', { required: true, ...json({}) }, undefined, 'breaks mobile Home, web Dashboard'],
    ['is new, required and no JSON', { required: true, content: {} }, undefined, 'breaks mobile Home, web Dashboard'],
    ['is new', json({ required: ['a'], properties: { a: {} } }), undefined, 'safe'],
    ['is required', { required: true, ...json({}) }, json({}), 'breaks mobile Home, web Dashboard'],
    ['takes less', json({ type: 'array' }), json({ type: 'object' }), 'safe'],
  ])('%s', (_, body, old, expected) => {
    expect(verdictOf('library', withBody(body), '3.1.0', old && withBody(old))).toBe(expected);
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
