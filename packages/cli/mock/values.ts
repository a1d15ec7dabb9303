import { createHash } from 'node:crypto';
import { base, en, Faker } from '@faker-js/faker';

const faker = new Faker({ locale: [en, base] });

/** Moments lie around this one, so that the same place always has the same value. */
const TODAY = '2026-11-01T00:00:00.000Z';
const MAX_CENTS = 50_000;

/** A number that is the same for the same text, below a bound. */
export function numberOf(seed: string, below: number): number {
  return createHash('sha256').update(seed).digest().readUInt32BE() % below;
}

/** A believable value for a field of a scalar type, by its name and its parent's type; the same for the same seed. */
export function scalarValue(scalar: string, name: string, parent: string, seed: string): string | number | boolean {
  faker.seed(numberOf(seed, 2 ** 32 - 1));
  faker.setDefaultRefDate(TODAY);
  if (scalar === 'Boolean') return faker.datatype.boolean(0.8);
  if (scalar === 'Int') return isMoment(name) ? Math.floor(Date.parse(momentNamed(name)) / 1_000) : intNamed(name);
  if (scalar === 'Float') return faker.number.int(MAX_CENTS) / 100;
  if (scalar === 'ID')
    return `${(name === 'id' ? parent : name.replace(/Id$/, '')).toLowerCase()}_${numberOf(seed, 2 ** 32).toString(36)}`;
  if (/date|time/i.test(scalar) || (scalar === 'String' && isMoment(name))) return momentNamed(name);
  return textNamed(name, parent, seed);
}

/** Minor units of a believable amount. */
export function cents(seed: string): number {
  return 100 + numberOf(seed, MAX_CENTS);
}

function intNamed(name: string): number {
  const most = MOST.find(([pattern]) => pattern.test(name))?.[1] ?? 100;
  return faker.number.int({ min: 1, max: most });
}

const MOST: readonly (readonly [RegExp, number])[] = [
  [/quantity|count/i, 5],
  [/rating|stars/i, 5],
  [/year/i, 2_026],
  [/cents/i, MAX_CENTS],
];

const isMoment = (name: string): boolean => /[a-z]At$/.test(name);

function momentNamed(name: string): string {
  const isAhead = /^(ends|expires|due|until)|(Ends|Expires|Due)/.test(name);
  return (isAhead ? faker.date.soon({ days: 14 }) : faker.date.recent({ days: 60 })).toISOString();
}

function textNamed(name: string, parent: string, seed: string): string {
  const make = TEXTS.find(([pattern]) => pattern.test(name))?.[1];
  if (make) return make(seed);
  if (name === 'name' || name === 'title') return /user|person|profile|author/i.test(parent) ? fullName() : product();
  return faker.word.words({ count: { min: 1, max: 3 } });
}

const fullName = (): string => faker.person.fullName();
const product = (): string => faker.commerce.productName();

/** By a field's name; the first that fits. */
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

/** Made here, so that a page shows it without any other host. */
function picture(seed: string): string {
  const hue = numberOf(`${seed} hue`, 360);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="hsl(${hue} 45% 70%)"/><circle cx="2" cy="1.5" r="0.9" fill="hsl(${hue} 55% 45%)"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
