import { type GraphQLArgument, getNamedType, isSpecifiedScalarType, Kind, print, valueFromAST } from 'graphql';
import type { Origin } from '../plan.ts';
import type { AnsweredField } from './fields.ts';
import { type Given, variableIn } from './list-bounds.ts';
import type { Names, Position } from './position.ts';

/** What a field asks an endpoint for. */
export interface AskedFor {
  /** Keys, or pages of a list, at most. */
  readonly keys: number;
  /** Fields with the same identity ask for the same keys or pages, which the loaders fetch once. */
  readonly identity: string;
}

/** What a field asks for by these parameters, for all objects at a position. */
export function askedBy(
  params: Readonly<Record<string, Origin>>,
  field: AnsweredField,
  parent: string,
  at: Position,
  given: Given,
  names: Names,
): AskedFor {
  const values = Object.entries(params)
    .map(([name, origin]) => [name, parameterValue(origin, field, parent, at, given), origin.through ?? []] as const)
    // The loaders leave a parameter without a value out of the call.
    .filter(([, value]) => value !== NONE)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const isOfParent = Object.values(params).some(({ from }) => from === 'parent');
  return { keys: isOfParent ? at.distinct : 1, identity: names.of('asked', values) };
}

type Value = readonly unknown[];

const NONE: Value = [];

/** What tells a parameter's value, or its values for all objects of a position, from others. */
function parameterValue(origin: Origin, field: AnsweredField, parent: string, at: Position, given: Given): Value {
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

function argumentValue(argument: GraphQLArgument, { arguments: nodes }: AnsweredField, { variables }: Given): Value {
  const type = getNamedType(argument.type);
  const node = nodes.find(({ name }) => name.value === argument.name)?.value;
  if (node === undefined) return fixed(argument.defaultValue);
  if (node.kind !== Kind.VARIABLE) {
    const value = valueFromAST(node, argument.type);
    return value === undefined ? ['literal', print(node), type.name] : fixed(value);
  }
  const given = isSpecifiedScalarType(type) ? variableIn(variables, node.name.value) : undefined;
  // A variable that the request does not have leaves the argument its default, which is the field's own.
  if (given === undefined) return ['variable', node.name.value, fixed(argument.defaultValue)];
  return fixed(type.name === 'ID' && given !== null ? String(given) : given);
}

function fixed(value: unknown): Value {
  if (value === null || value === undefined) return NONE;
  return ['value', typeof value, typeof value === 'object' ? value : String(value)];
}
