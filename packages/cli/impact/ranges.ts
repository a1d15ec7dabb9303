import { rangeOf } from '@facet/server/internal/graphql/execution/argument-check.ts';
import { type GraphQLArgument, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';

export interface NarrowedRange {
  readonly text: string;
  /** Whether a document that uses these coordinates asks, or may ask, for what is not allowed any more. */
  readonly breaks: (used: ReadonlySet<string>) => boolean;
}

/** Arguments whose @range allows less than it did: graphql-inspector sees only that a directive differs. */
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
            // A variable may be anything that was allowed.
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
