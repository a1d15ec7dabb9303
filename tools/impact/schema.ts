import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, validate } from 'graphql';
import type { Screen } from '../../shared/graphql/screens.ts';
import { coordinatesIn } from './coordinates.ts';
import { narrowedRanges } from './ranges.ts';

export interface SchemaChange {
  readonly level: 'breaking' | 'dangerous';
  readonly text: string;
  /** Names of the screens that use what has changed. */
  readonly screens: readonly string[];
}

export interface SchemaImpact {
  /** Breaking ones first; additions and descriptions are none. */
  readonly changes: readonly SchemaChange[];
  /** Screens that do not fit the new schema, with the reason. */
  readonly unfit: readonly { readonly screen: string; readonly problem: string }[];
}

/** What a client's new schema does to screens that were registered with the old one. */
export async function schemaImpact(
  before: string,
  after: string,
  screensOf: (schema: GraphQLSchema) => readonly Screen[],
): Promise<SchemaImpact> {
  const old = buildSchema(before);
  const now = buildSchema(after);
  const screens = screensOf(old).map(({ name, document }) => ({ name, document, used: coordinatesIn(old, document) }));
  const users = (isUser: (used: ReadonlySet<string>) => boolean): string[] => [
    ...new Set(screens.filter(({ used }) => isUser(used)).map(({ name }) => name)),
  ];
  const found = (await diff(old, now))
    // What a bound does is known here: see narrowedRanges.
    .filter(({ path }) => !path?.includes('.@range'))
    .flatMap((change): SchemaChange[] => {
      const level = LEVELS[change.criticality.level];
      return level ? [{ level, text: change.message, screens: users((used) => uses(used, change)) }] : [];
    });
  const ranges = narrowedRanges(old, now).map(
    ({ text, breaks }): SchemaChange => ({
      level: 'breaking',
      text,
      screens: users(breaks),
    }),
  );
  const all = [...found, ...ranges];
  return {
    changes: [...all.filter(({ level }) => level === 'breaking'), ...all.filter(({ level }) => level === 'dangerous')],
    unfit: screens.flatMap(({ name, document }) => {
      const [error] = validate(now, document);
      return error ? [{ screen: name, problem: error.message }] : [];
    }),
  };
}

const LEVELS: Readonly<Record<CriticalityLevel, SchemaChange['level'] | undefined>> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: undefined,
};

/** Whether a document that uses these coordinates uses what has changed. */
function uses(used: ReadonlySet<string>, { path, type }: Change): boolean {
  // The schema itself.
  if (path === undefined) return true;
  const names = path.split('.');
  const [owner = '', field = ''] = names;
  switch (type) {
    case 'FIELD_ARGUMENT_ADDED':
      return used.has(`${owner}.${field}`);
    case 'FIELD_ARGUMENT_DEFAULT_CHANGED':
      return used.has(`${owner}.${field}`) && !used.has(path);
    case 'ENUM_VALUE_ADDED':
    case 'ENUM_VALUE_REMOVED':
    // A variable may hold any of an input's fields.
    case 'INPUT_FIELD_ADDED':
    case 'INPUT_FIELD_REMOVED':
    case 'INPUT_FIELD_TYPE_CHANGED':
    case 'INPUT_FIELD_DEFAULT_VALUE_CHANGED':
      return used.has(owner);
    default:
      return used.has(path);
  }
}
