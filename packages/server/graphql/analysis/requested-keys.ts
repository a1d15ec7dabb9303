import { type GraphQLArgument, getNamedType, isSpecifiedScalarType, Kind, print, valueFromAST } from 'graphql';
import type { Origin } from '../plan.ts';
import type { CollectedField } from './collect-fields.ts';
import { type Given, variableIn } from './list-bounds.ts';
import type { Names, Position } from './position.ts';

/** The keys, or the pages of a list, that a field requests from an endpoint. */
export interface RequestedKeys {
  /** The maximum number of keys or pages. */
  readonly keys: number;
  /** Fields with the same identity request the same keys or pages. The loaders fetch those once. */
  readonly identity: string;
}

/** The keys or pages that a field requests for all objects at a position, by the origins of its parameters. */
export function requestedKeys(
  params: Readonly<Record<string, Origin>>,
  field: CollectedField,
  parent: string,
  at: Position,
  given: Given,
  names: Names,
): RequestedKeys {
  const values = Object.entries(params)
    .map(([name, origin]) => [name, parameterValue(origin, field, parent, at, given), origin.through ?? []] as const)
    // The loaders send no parameter without a value.
    .filter(([, value]) => value !== NONE)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const dependsOnParent = Object.values(params).some(({ from }) => from === 'parent');
  return { keys: dependsOnParent ? at.distinct : 1, identity: names.of('requested', values) };
}

/** Identifies a parameter's value, or its values for all objects of a position. */
type Value = readonly unknown[];

const NONE: Value = [];

function parameterValue(origin: Origin, field: CollectedField, parent: string, at: Position, given: Given): Value {
  switch (origin.from) {
    case 'viewer':
      return ['viewer'];
    case 'parent':
      return ['parent', at.source, origin.name];
    case 'constant':
      return origin.value === undefined ? ['constant', parent, field.key] : fixed(origin.value);
    case 'argument': {
      const argument = field.definition.args.find(({ name }) => name === origin.name);
      return argument ? argumentValue(argument, field, given) : NONE;
    }
  }
}

function argumentValue(argument: GraphQLArgument, { arguments: nodes }: CollectedField, { variables }: Given): Value {
  const type = getNamedType(argument.type);
  const node = nodes.find(({ name }) => name.value === argument.name)?.value;
  if (node === undefined) return fixed(argument.defaultValue);
  if (node.kind !== Kind.VARIABLE) {
    const value = valueFromAST(node, argument.type);
    return value === undefined ? ['literal', print(node), type.name] : fixed(value);
  }
  const given = isSpecifiedScalarType(type) ? variableIn(variables, node.name.value) : undefined;
  // Without the variable, the argument has the field's own default.
  if (given === undefined) return ['variable', node.name.value, fixed(argument.defaultValue)];
  return fixed(type.name === 'ID' && given !== null ? String(given) : given);
}

function fixed(value: unknown): Value {
  if (value === null || value === undefined) return NONE;
  return ['value', typeof value, typeof value === 'object' ? value : String(value)];
}
