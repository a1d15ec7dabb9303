import { describe, expect, test } from '@jest/globals';
import type { GraphQLScalarType } from 'graphql';
import { buildSchema } from './schema.ts';

describe('DateTime', () => {
  const dateTime = buildSchema('scalar DateTime type Query { at: DateTime }', {}).getType('DateTime');
  const serialize = (value: unknown) => (dateTime as GraphQLScalarType).serialize(value);
  const base = '2026-11-30T09:08:07';

  test.each([
    `${base}Z`,
    `${base}z`,
    base.replace('T', 't').concat('Z'),
    `${base}.5Z`,
    `${base}.${'1'.repeat(43)}Z`,
    `${base}+05:30`,
    `${base}-00:00`,
  ])('passes %s unchanged', (text) => {
    expect(serialize(text)).toBe(text);
  });

  // Each digit replaced by a letter, and each character removed.
  const withLetters = [...`${base}.5+05:30`].flatMap((character, index, all) =>
    /\d/.test(character) ? [all.toSpliced(index, 1, 'x').join('')] : [],
  );
  const shortened = [...`${base}+05:30`].map((_, index, all) => all.toSpliced(index, 1).join(''));

  test.each([
    ...withLetters,
    ...shortened,
    base,
    `${base}.Z`,
    `${base}ZZ`,
    ` ${base}Z`,
    `${base}Z\n`,
    `1${base}Z`,
    `${base.replace('T', ' ')}Z`,
    `${base}.${'1'.repeat(44)}Z`,
    '2026-11-30',
    '',
    1_764_493_687_000,
    null,
    true,
  ])('rejects %j', (value) => {
    expect(() => serialize(value)).toThrow('DateTime cannot represent');
  });
});
