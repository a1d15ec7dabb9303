import type { Screen } from '@facet/server/internal/graphql/screens.ts';
import { type Change, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, validate } from 'graphql';
import { usageIn } from './coordinates.ts';
import type { Level } from './difference.ts';
import { narrowedRanges } from './ranges.ts';
import { verdictOn } from './schema-rules.ts';

export interface SchemaChange {
  readonly level: Level;
  readonly text: string;
  /** Names of the screens that use what has changed. */
  readonly screens: readonly string[];
}

export interface SchemaImpact {
  /** Breaking ones first. What is new or only described otherwise is none, and neither is what every screen overrides. */
  readonly changes: readonly SchemaChange[];
  /** Screens that do not fit the new schema, with the reason. */
  readonly unfit: readonly { readonly screen: string; readonly problem: string }[];
}

const LEVELS: readonly Level[] = ['breaking', 'unclear', 'notice'];

/**
 * What a client's new schema does to screens that were registered with the old one. graphql-inspector finds the differences, and the
 * verdicts are our own.
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
    // What a bound does is known here: see narrowedRanges.
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
