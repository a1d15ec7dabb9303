import { createHash } from 'node:crypto';
import { base, en, Faker } from '@faker-js/faker';

const faker = new Faker({ locale: [en, base] });

/** Fixed reference date, so that generated dates are the same in every run. */
const TODAY = '2026-11-01T00:00:00.000Z';
const MAX_CENTS = 50_000;

/** A number from 0 to `below` - 1, derived from the seed. */
export function numberOf(seed: string, below: number): number {
  return createHash('sha256').update(seed).digest().readUInt32BE() % below;
}

/** A realistic value for a scalar field, chosen by the field's name and its parent type. The same seed gives the same value. */
export function scalarValue(scalar: string, name: string, parent: string, seed: string): string | number | boolean {
  faker.seed(numberOf(seed, 2 ** 32 - 1));
  faker.setDefaultRefDate(TODAY);
  if (scalar === 'Boolean') return faker.datatype.boolean(0.8);
  if (scalar === 'Int')
    return isTimestamp(name) ? Math.floor(Date.parse(timestampNamed(name)) / 1_000) : intNamed(name);
  if (scalar === 'Float') return faker.number.int(MAX_CENTS) / 100;
  if (scalar === 'ID')
    return `${(name === 'id' ? parent : name.replace(/Id$/, '')).toLowerCase()}_${numberOf(seed, 2 ** 32).toString(36)}`;
  if (/date|time/i.test(scalar) || (scalar === 'String' && isTimestamp(name))) return timestampNamed(name);
  return textNamed(name, parent, seed);
}

/** A realistic amount in minor units. */
export function cents(seed: string): number {
  return 100 + numberOf(seed, MAX_CENTS);
}

function intNamed(name: string): number {
  const most = MAX_INTS.find(([pattern]) => pattern.test(name))?.[1] ?? 100;
  return faker.number.int({ min: 1, max: most });
}

const MAX_INTS: readonly (readonly [RegExp, number])[] = [
  [/quantity|count/i, 5],
  [/rating|stars/i, 5],
  [/year/i, 2_026],
  [/cents/i, MAX_CENTS],
];

const isTimestamp = (name: string): boolean => /[a-z]At$/.test(name);

function timestampNamed(name: string): string {
  const isFuture = /^(ends|expires|due|until)|(Ends|Expires|Due)/.test(name);
  return (isFuture ? faker.date.soon({ days: 14 }) : faker.date.recent({ days: 60 })).toISOString();
}

function textNamed(name: string, parent: string, seed: string): string {
  const make = TEXTS.find(([pattern]) => pattern.test(name))?.[1];
  if (make) return make(seed);
  if (name === 'name' || name === 'title') return /user|person|profile|author/i.test(parent) ? fullName() : product();
  return faker.word.words({ count: { min: 1, max: 3 } });
}

const fullName = (): string => faker.person.fullName();
const product = (): string => faker.commerce.productName();

/** Generators by field name. The first matching pattern applies. */
const TEXTS: readonly (readonly [RegExp, (seed: string) => string])[] = [
  [/firstName/i, () => faker.person.firstName()],
  [/lastName|surname/i, () => faker.person.lastName()],
  [/fullName|displayName|author/i, fullName],
  [/e-?mail/i, () => faker.internet.email().toLowerCase()],
  [/phone|mobile/i, () => faker.phone.number()],
  [/(image|avatar|picture|photo|thumbnail)/i, picture],
  [/url|link|href/i, () => `https://example.com/${faker.lorem.slug()}`],
  [/street/i, () => faker.location.streetAddress()],
  [/city|town/i, () => faker.location.city()],
  [/postcode|zip/i, () => faker.location.zipCode()],
  [/country/i, () => faker.location.countryCode()],
  [/currency/i, () => 'USD'],
  [/category|department/i, () => faker.commerce.department().toLowerCase()],
  [/product\w{0,20}name/i, product],
  [/greeting/i, () => `Hi ${faker.person.firstName()}`],
  [/tracking/i, () => `TRK${faker.string.numeric(10)}`],
  [/cursor/i, (seed) => Buffer.from(seed).toString('base64url').slice(-16)],
  [/description|body|text|comment|summary/i, () => faker.commerce.productDescription()],
  [/headline|subject/i, () => faker.company.catchPhrase()],
  [/company|brand|shop/i, () => faker.company.name()],
];

/** A data URL, so that a page shows the image without another host. */
function picture(seed: string): string {
  const hue = numberOf(`${seed} hue`, 360);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="hsl(${hue} 45% 70%)"/><circle cx="2" cy="1.5" r="0.9" fill="hsl(${hue} 55% 45%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
