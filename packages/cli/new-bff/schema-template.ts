import type { Argument, Field, ObjectType, Section, Starter } from './model.ts';
import { described, fitted } from './print.ts';

/** The schema of a new client. */
export function schemaOf(starter: Starter): string {
  const { sections, lookups, types, enums } = starter;
  const fields = types.flatMap((type) => type.fields);
  const usesDateTime = fields.some((field) => field.kind === 'property' && field.named === 'DateTime');
  const usesRange = sections.some((section) => section.arguments.some(({ range }) => range));
  const parts = [
    ...(usesDateTime ? [DATE_TIME] : []),
    ...(usesRange ? [RANGE] : []),
    block('type Query', [
      '  "The first screen."\n  start: Start!\n',
      ...lookups.map(({ name, type, description }) => `${described(description, '  ')}  ${name}(id: ID!): ${type}\n`),
    ]),
    sections.length === 0
      ? block('type Start', [
          '  "A field with a resolver of its own. Replace it by what the client shows."\n  hello: String!\n',
        ])
      : `${described('Each section is null if its service fails; `errors` has the reason.', '')}${block('type Start', sections.map(sectionOf))}`,
    ...types.map(typeOf),
    ...enums.map(({ name, values }) =>
      block(
        `enum ${name}`,
        values.map((value) => `  ${value}\n`),
      ),
    ),
    ...(fields.some(({ kind }) => kind === 'money') ? [MONEY] : []),
  ];
  return parts.join('\n');
}

const block = (head: string, lines: readonly string[]): string => `${head} {\n${lines.join('')}}\n`;

const DATE_TIME = '"A date and time in RFC 3339 format."\nscalar DateTime\n';

const RANGE = `"The allowed range of an integer argument. Requests outside of it are rejected before execution."
directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION
`;

const MONEY = `type Money {
  "Amount in major units, rounded to 15 significant digits."
  amount: Float!
  "ISO 4217 currency code."
  currency: String!
  "The exact amount, formatted for the caller's locale (Accept-Language)."
  formatted: String!
}
`;

function sectionOf({ name, description, type, arguments: all }: Section): string {
  const line =
    all.length === 0
      ? `  ${name}: [${type}!]`
      : fitted(`  ${name}(`, all.map(argumentOf), `): [${type}!]`, { separator: '', trailing: '' });
  return `${described(description, '  ')}${line}\n`;
}

function argumentOf({ name, type, default: fallback, range }: Argument): string {
  const value = fallback === undefined ? '' : ` = ${fallback}`;
  return `${name}: ${type}${value}${range ? ` @range(min: ${range.min}, max: ${range.max})` : ''}`;
}

const typeOf = ({ name, description, fields }: ObjectType): string =>
  `${described(description, '')}${block(`type ${name}`, fields.map(fieldOf))}`;

function fieldOf(field: Field): string {
  switch (field.kind) {
    case 'property':
      return `${described(field.description, '  ')}  ${field.name}: ${field.type}\n`;
    case 'money':
      return `  ${field.name}: Money!\n`;
    case 'relation':
      return `  ${field.name}: ${field.type}\n`;
  }
}
