import { rangeOf } from '@facet/server/internal/graphql/execution/argument-check.ts';
import type { Screen } from '@facet/server/internal/graphql/screens.ts';
import { type Change, diff } from '@graphql-inspector/core';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  validate,
} from 'graphql';
import { usageIn } from './coordinates.ts';
import type { Level } from './document.ts';
import { verdictOn } from './schema-rules.ts';

export interface SchemaChange {
  readonly level: Level;
  readonly text: string;
  /** Names of the screens that use what has changed. */
  readonly screens: readonly string[];
}

export interface SchemaImpact {
  /** Breaking changes first. Excludes additions, changed descriptions, and notices that concern no screen. */
  readonly changes: readonly SchemaChange[];
  /** Screens that are invalid in the new schema, with the validation error. */
  readonly unfit: readonly { readonly screen: string; readonly problem: string }[];
}

const LEVELS: readonly Level[] = ['breaking', 'unclear', 'notice'];

/**
 * The effects of a client's new schema on the screens registered with the old one. graphql-inspector finds the differences;
 * schema-rules.ts judges them.
 */
export async function schemaImpact(
  before: string,
  after: string,
  screensOf: (schema: GraphQLSchema) => readonly Screen[],
): Promise<SchemaImpact> {
  const old = buildSchema(before);
  const now = buildSchema(after);
  const screens = screensOf(old).map(({ name, document }) => ({ name, document, used: usageIn(old, document) }));
  const found = (await diff(old, now))
    // narrowedRanges handles @range.
    .filter(({ path }) => !path?.includes('.@range'))
    .flatMap((change: Change): SchemaChange[] => {
      const verdict = verdictOn(change, old, now);
      if (verdict.level === 'safe') return [];
      const using = screens.filter(({ used }) => verdict.concerns(used)).map(({ name }) => name);
      return [{ level: verdict.level, text: change.message, screens: [...new Set(using)] }];
    });
  const ranges = narrowedRanges(old, now).map(({ text, breaks }): SchemaChange => {
    const using = screens.filter(({ used }) => breaks(used.names)).map(({ name }) => name);
    return { level: 'breaking', text, screens: [...new Set(using)] };
  });
  const all = [...found, ...ranges].filter(({ level, screens: using }) => level !== 'notice' || using.length > 0);
  return {
    changes: LEVELS.flatMap((level) => all.filter((change) => change.level === level)),
    unfit: screens.flatMap(({ name, document }) => {
      const [error] = validate(now, document);
      return error ? [{ screen: name, problem: error.message }] : [];
    }),
  };
}

export interface NarrowedRange {
  readonly text: string;
  /** Whether a document with these coordinates passes, or may pass, a value outside the new range. */
  readonly breaks: (used: ReadonlySet<string>) => boolean;
}

/** Arguments whose @range became narrower. graphql-inspector reports only that the directive differs. */
export function narrowedRanges(before: GraphQLSchema, after: GraphQLSchema): NarrowedRange[] {
  const now = new Map(argumentsOf(after));
  return argumentsOf(before).flatMap(([coordinate, argument]): NarrowedRange[] => {
    const same = now.get(coordinate);
    const range = same && rangeOf(same);
    if (!range) return [];
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rangeOf(argument) ?? {};
    if (range.min <= min && range.max >= max) return [];
    return [
      {
        text: `Argument '${coordinate}' allows ${range.min} to ${range.max}${max === Infinity ? '' : `, was ${min} to ${max}`}`,
        breaks: (used) =>
          [...used].some((use) => {
            const [name, value] = use.split('=');
            if (name !== coordinate || value === undefined) return false;
            // A variable may have any value of the old range.
            return value.startsWith('$') || Number(value) < range.min || Number(value) > range.max;
          }),
      },
    ];
  });
}

function argumentsOf(schema: GraphQLSchema): [string, GraphQLArgument][] {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields()).flatMap((field) =>
          field.args.map((argument): [string, GraphQLArgument] => [
            `${type.name}.${field.name}.${argument.name}`,
            argument,
          ]),
        )
      : [],
  );
}
