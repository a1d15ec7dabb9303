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

type Service = 'members' | 'loans' | 'library';
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
  mobile: { breaks: '-', untouched: 'Home, LoanDetail' },
  web: { breaks: '-', untouched: 'BookPage, Dashboard, LoanPage, MoreLoans' },
  partner: { breaks: '-', untouched: 'BookFeed, LoanStatus' },
};

const NAME: readonly Edit[] = [
  ['        name: { type: string }\n', ''],
  ['required: [id, name, ', 'required: [id, '],
];

describe('a service’s new document', () => {
  test('a removed property', async () => {
    const { fields, fates, isBroken } = await impact('library', ...NAME);
    expect(fields).toEqual({
      'name removed': [
        'mobile LoanLine.name: LoanDetail',
        'web Book.name: BookPage, Dashboard, LoanPage, MoreLoans',
        // By node(id), of which there is no screen; and by books.
        'partner Book.name: BookFeed',
        'partner Book.name:',
      ],
    });
    expect(fates).toEqual({
      mobile: { breaks: 'LoanDetail', untouched: 'Home' },
      web: { breaks: 'BookPage, Dashboard, LoanPage, MoreLoans', untouched: '-' },
      partner: { breaks: 'BookFeed', untouched: 'LoanStatus' },
    });
    expect(isBroken).toBe(true);
  });

  test('a renamed property', async () => {
    const { fields, fates } = await impact('loans', [/feeCents/g, 'feeAmount']);
    expect(fields).toEqual({
      'feeCents removed, probably renamed to feeAmount': [
        'mobile LoanDetail.fee: LoanDetail',
        'mobile LoanCard.fee: Home',
        'web Loan.fee: LoanPage',
        'web Loan.fee: Dashboard, MoreLoans',
        'partner LoanStatus.fee: LoanStatus',
      ],
    });
    expect(fates).toEqual({
      mobile: { breaks: 'Home, LoanDetail', untouched: '-' },
      web: { breaks: 'Dashboard, LoanPage, MoreLoans', untouched: 'BookPage' },
      partner: { breaks: 'LoanStatus', untouched: 'BookFeed' },
    });
  });

  test('a property of another type', async () => {
    const { fields, fates } = await impact('library', [
      'stock: { type: integer, minimum: 0 }',
      'stock: { type: string }',
    ]);
    expect(fields['stock is string, was integer']).toEqual([
      'web Book.stock: BookPage',
      'web Book.inStock: BookPage, LoanPage',
      'partner Book.stock: BookFeed',
      'partner Book.stock:',
    ]);
    expect(fates['mobile']).toEqual(ALL_UNTOUCHED.mobile);
    expect(fates['web']).toEqual({ breaks: 'BookPage, LoanPage', untouched: 'Dashboard, MoreLoans' });
  });

  test('a property removed from one endpoint', async () => {
    const { fields, fates } = await impact(
      'library',
      [/( {4}Reading:[\s\S]*?) {8}coverUrl: .*\n/, '$1'],
      ['[id, title, body, coverUrl, endsAt]', '[id, title, body, endsAt]'],
    );
    expect(fields).toEqual({
      'coverUrl removed': ['mobile ReadingCard.coverUrl: Home', 'web Reading.coverUrl: Dashboard'],
    });
    expect(fates).toEqual({
      mobile: { breaks: 'Home', untouched: 'LoanDetail' },
      web: { breaks: 'Dashboard', untouched: 'BookPage, LoanPage, MoreLoans' },
      partner: ALL_UNTOUCHED.partner,
    });
  });

  test('a property removed from a nested object or list', async () => {
    const city = await impact('loans', ['        city: { type: string }\n', ''], ['[street, city, ', '[street, ']);
    expect(city.fields).toEqual({
      'pickupAddress.city removed': [
        'mobile LoanDetail.pickup: LoanDetail',
        'web Address.city: LoanPage',
        'web Address.city:',
      ],
    });
    const days = await impact('loans', [/ {8}days: .*\n/, ''], ['[bookId, days, ', '[bookId, ']);
    expect(days.fields).toEqual({
      'items.days removed': [
        'mobile LoanLine.days: LoanDetail',
        'web LoanItem.days: LoanPage',
        'web LoanItem.days: Dashboard, MoreLoans',
      ],
    });
    expect(days.fates.partner).toEqual(ALL_UNTOUCHED.partner);
  });

  test('a removed foreign key', async () => {
    const { fields } = await impact('loans', [/bookId/g, 'book']);
    expect(fields['items.bookId removed, probably renamed to items.book']).toEqual([
      'mobile LoanLine.bookId: LoanDetail',
      'mobile LoanLine.name: LoanDetail',
      'mobile LoanLine.coverUrl: LoanDetail',
      'web LoanItem.bookId:',
      'web LoanItem.book: LoanPage',
      'web LoanItem.bookId:',
      'web LoanItem.book: Dashboard, MoreLoans',
    ]);
  });

  test('a removed row key', async () => {
    const { fields, fates } = await impact('members', [
      "        id: { $ref: '../common.yaml#/components/schemas/Id' }\n",
      '',
    ]);
    expect(fields).toEqual({
      'id removed': [
        'mobile Home.greeting: Home',
        'mobile Home.avatar: Home',
        'web Dashboard.profile: Dashboard',
        'web Member.id: Dashboard',
      ],
    });
    expect(fates.partner).toEqual(ALL_UNTOUCHED.partner);
  });

  test('optional values of non-null fields', async () => {
    const nullable = await impact('loans', ['lentAt: { type: string,', 'lentAt: { type: [string, "null"],']);
    expect(nullable.fates.web).toEqual({ breaks: 'Dashboard, LoanPage, MoreLoans', untouched: 'BookPage' });
    // The only field that reads it is nullable.
    const optional = await impact('members', ['email, phone, photoUrl, ', 'email, phone, ']);
    expect(optional.fields).toEqual({ 'photoUrl may be left out': ['web Member.photoUrl: Dashboard'] });
    expect(optional.fates.mobile).toEqual(ALL_UNTOUCHED.mobile);
  });

  test('a new enum value', async () => {
    const { fields, fates } = await impact('loans', ['[pending, reserved,', '[draft, pending, reserved,']);
    expect(fields).toEqual({
      'status may be draft': [
        'mobile LoanDetail.status: LoanDetail',
        'mobile LoanCard.status: Home',
        'web Loan.status: LoanPage',
        'web Loan.status: Dashboard, MoreLoans',
        'partner LoanStatus.status: LoanStatus',
      ],
    });
    expect(fates.web).toEqual({ breaks: 'Dashboard, LoanPage, MoreLoans', untouched: 'BookPage' });
    // Without one, nothing that clients know is missing.
    expect((await impact('loans', ['[pending, reserved,', '[pending,'])).isBroken).toBe(false);
  });

  test('a removed path', async () => {
    const { fields, fates } = await impact('library', [/ {2}\/readings:[\s\S]*?(?=components:)/, '']);
    expect(fields).toEqual({
      'GET /readings removed': ['mobile Home.readings: Home', 'web Dashboard.readings: Dashboard'],
    });
    expect(fates.partner).toEqual(ALL_UNTOUCHED.partner);
    // No client calls it.
    expect((await impact('library', [/ {2}\/books\/\{id\}:[\s\S]*?(?= {2}\/books:)/, ''])).isBroken).toBe(false);
  });

  test('moved rows', async () => {
    const { fields, fates } = await impact('members', [
      "{ type: array, maxItems: 100, items: { $ref: '#/components/schemas/Member' } }",
      "{ type: object, properties: { data: { type: array, items: { $ref: '#/components/schemas/Member' } } } }",
    ]);
    expect(fields).toEqual({
      'the response is object, was array of object; its items are probably at data': [
        'mobile Home.greeting: Home',
        'mobile Home.avatar: Home',
        'web Dashboard.profile: Dashboard',
      ],
    });
    expect(fates.web).toEqual({ breaks: 'Dashboard', untouched: 'BookPage, LoanPage, MoreLoans' });
  });

  test.each<[string, Edit]>([
    ['is the same', [/$/, '\n']],
    ['has a new property', ['        stock: {', '        rating: { type: number }\n        stock: {']],
    ['has other descriptions', ['The books.', 'All books.']],
    [
      'renames a path parameter',
      [
        /\{id\}:[\s\S]*?name: id,/,
        '{key}:\n    get:\n      operationId: getBook\n      parameters:\n        - { name: key,',
      ],
    ],
    [
      'has a new optional parameter',
      [
        '        - { name: genre,',
        '        - { name: brand, in: query, schema: { type: string } }\n        - { name: genre,',
      ],
    ],
    ['lacks an unused property', [/, addedAt\]([\s\S]*?) {8}addedAt: .*\n/, ']$1']],
  ])('breaks no client if it %s', async (_, edit) => {
    const { fates, isBroken, fields } = await impact('library', edit);
    expect(fields).toEqual({});
    expect(fates).toEqual(ALL_UNTOUCHED);
    expect(isBroken).toBe(false);
  });
});

describe('a parameter', () => {
  test('for sparse fetching is removed', async () => {
    const { fields } = await impact('library', [
      /(\/readings:[\s\S]*?) {6}parameters:\n {8}- \{ \$ref: .*parameters\/fields' \}\n/,
      '$1',
    ]);
    expect(fields).toEqual({
      'parameter fields removed': ['mobile Home.readings: Home', 'web Dashboard.readings: Dashboard'],
    });
  });

  test('that a screen does not send is removed', async () => {
    const { fields, fates } = await impact('loans', [
      "        - { $ref: '../common.yaml#/components/parameters/after' }\n",
      '',
    ]);
    // Home shows the first page only.
    expect(fields).toEqual({
      'parameter after removed': ['mobile Home.recentLoans:', 'web Dashboard.loans: Dashboard, MoreLoans'],
    });
    expect(fates).toEqual({
      ...ALL_UNTOUCHED,
      web: { breaks: 'Dashboard, MoreLoans', untouched: 'BookPage, LoanPage' },
    });
  });

  test('accepts fewer ids than a call may send', async () => {
    const { fields, fates } = await impact('library', ['minItems: 1, maxItems: 100', 'minItems: 1, maxItems: 50']);
    // A loan has 20 items at most, a dashboard 2,000.
    expect(fields).toEqual({
      'parameter ids at most 50 items, was 100': [
        'mobile LoanLine.name:',
        'mobile LoanLine.coverUrl:',
        'web Query.book:',
        'web LoanItem.book: Dashboard, MoreLoans',
        'web Reading.book:',
        'partner Query.node:',
      ],
    });
    expect(fates.mobile).toEqual(ALL_UNTOUCHED.mobile);
    expect(fates.web).toEqual({ breaks: 'Dashboard, MoreLoans', untouched: 'BookPage, LoanPage' });
    expect(fates.partner.breaks).toBe('ad-hoc operations');
  });

  test('accepts less than an argument allows', async () => {
    const { fields } = await impact('loans', ['maximum: 100, default', 'maximum: 60, default']);
    expect(fields).toEqual({
      'parameter limit at most 60, was 100': [
        'mobile Home.recentLoans: Home',
        'web Dashboard.loans: Dashboard, MoreLoans',
      ],
    });
  });

  test('is new and required', async () => {
    const { fields, fates } = await impact('members', [
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
    const { fields } = await impact('members', [/(name: ids[\s\S]*?)explode: false/, '$1explode: true']);
    expect(Object.keys(fields)).toEqual(['parameter ids is serialized as form, repeated']);
  });
});

describe('a response described differently', () => {
  test('media type parameters are ignored', async () => {
    const charset: Edit = [
      'application/json:\n              schema: { type: array, maxItems: 100',
      "'application/json; charset=utf-8':\n              schema: { type: array, maxItems: 100",
    ];
    const same = await impact('loans', charset);
    expect({ fates: same.fates, isBroken: same.isBroken }).toEqual({ fates: ALL_UNTOUCHED, isBroken: false });
    const { fates } = await impact('loans', charset, [/ {8}feeCents: .*\n/, ''], ['feeCents, ', '']);
    expect(fates['web']).toEqual({ breaks: 'Dashboard, LoanPage, MoreLoans', untouched: 'BookPage' });
  });

  test('variants without a property', async () => {
    const variants: Edit = [
      "items: { $ref: '#/components/schemas/Loan' }",
      "items: { oneOf: [{ $ref: '#/components/schemas/Loan' }, { type: object, required: [id], properties: { id: { type: string } } }] }",
    ];
    const { fields, fates } = await impact('loans', variants);
    expect(fields['feeCents may be left out']).toEqual([
      'mobile LoanDetail.fee: LoanDetail',
      'mobile LoanCard.fee: Home',
      'web Loan.fee: LoanPage',
      'web Loan.fee: Dashboard, MoreLoans',
      'partner LoanStatus.fee: LoanStatus',
    ]);
    expect(fates['web']).toEqual({ breaks: 'Dashboard, LoanPage, MoreLoans', untouched: 'BookPage' });
  });
});

describe('longer lists', () => {
  const longer: Edit = ['items: { type: array, maxItems: 20,', 'items: { type: array, maxItems: 50,'];

  test('exceed budgets', async () => {
    const { text, fates, isBroken } = await impact('loans', longer);
    expect(text).toContain('Budgets exceeded, because items may hold 50 items, was 20:');
    expect(text).toContain('Dashboard can take 53 calls; its budget is 23.');
    expect(fates).toEqual({
      mobile: { breaks: 'LoanDetail', untouched: 'Home' },
      web: { breaks: 'Dashboard, LoanPage, MoreLoans', untouched: 'BookPage' },
      partner: ALL_UNTOUCHED.partner,
    });
    expect(isBroken).toBe(true);
  });

  test('are bounded by the longest variant', async () => {
    const item = "items: { $ref: '#/components/schemas/LoanItem' }";
    const kinds = [5, 50].map((most) => `{ type: array, maxItems: ${most}, ${item} }`);
    const { text } = await impact('loans', [`{ type: array, maxItems: 20, ${item} }`, `{ oneOf: [${kinds}] }`]);
    expect(text).toContain('because items may hold 50 items, was 20:');
  });

  test('break unbounded fields', async () => {
    const { text } = await impact('loans', ['items: { type: array, maxItems: 20,', 'items: { type: array,']);
    expect(text).toContain('LoanDetail: loan.items is a list without a bound');
  });

  test('break nothing if they are shorter', async () => {
    expect((await impact('loans', ['maxItems: 20,', 'maxItems: 10,'])).isBroken).toBe(false);
  });
});

test('unused broken fields are listed separately, and break only clients with ad-hoc operations', async () => {
  const phone = await impact('members', [/ {8}phone: .*\n/, ''], ['email, phone,', 'email,']);
  expect(phone.text).toMatch(/that no registered screen uses:[\s\S]*Member\.phone +\| web/);
  expect(phone.isBroken).toBe(false);
});

test('reports a reference next to a $ref that cannot be resolved', async () => {
  const beside = (more: string): Edit => [
    "{ $ref: '../common.yaml#/components/schemas/Address' }",
    `{ $ref: '../common.yaml#/components/schemas/Address', ${more} }`,
  ];
  const reference = "{ $ref: '../common.yaml#/components/schemas/Problem' }";
  const path = edited('loans', beside(`properties: { city: ${reference} }`));
  await expect(readDocument(path)).rejects.toThrow('Use allOf: [the $ref, the keywords].');
  const whole = await readDocument(edited('loans', beside(`allOf: [${reference}]`)));
  expect(whole).toHaveProperty('components.schemas.Problem');
});
