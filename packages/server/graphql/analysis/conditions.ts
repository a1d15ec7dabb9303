import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  separateOperations,
  type ValueNode,
  visit,
} from 'graphql';
import { type Given, variableIn } from './list-bounds.ts';

/** Variables that are looked at both ways; each of them doubles the work. */
const MOST_VARIABLES = 3;

/** Whether its conditions leave a field or fragment out, as far as they are known. */
export function isLeftOut({ directives = [] }: SelectionNode, given: Given): boolean {
  return directives.some(({ name, arguments: [condition] = [] }) => {
    const leavesOut = LEAVES_OUT[name.value];
    return leavesOut !== undefined && condition !== undefined && isTrue(condition.value, given) === leavesOut;
  });
}

const LEAVES_OUT: Readonly<Record<string, boolean | undefined>> = { skip: true, include: false };

function isTrue(value: ValueNode, { variables, conditions }: Given): boolean | undefined {
  if (value.kind === Kind.BOOLEAN) return value.value;
  if (value.kind !== Kind.VARIABLE) return undefined;
  const known = variableIn(variables, value.name.value);
  return typeof known === 'boolean' ? known : conditions?.get(value.name.value);
}

/**
 * The cases that an operation's conditions lead to. A variable has two cases where one field depends on it by @skip and
 * another by @include: only then is there no case in which all fields are answered.
 */
export function casesOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Given,
): readonly ReadonlyMap<string, boolean>[] {
  const uses = new Map<string, Set<string>>();
  visit(separateOperations(document)[operation.name?.value ?? ''] ?? document, {
    Directive({ name, arguments: [condition] = [] }) {
      if (LEAVES_OUT[name.value] === undefined || condition?.value.kind !== Kind.VARIABLE) return;
      if (isTrue(condition.value, given) !== undefined) return;
      const variable = condition.value.name.value;
      uses.set(variable, (uses.get(variable) ?? new Set()).add(name.value));
    },
  });
  const open = [...uses].filter(([, directives]) => directives.size > 1).map(([variable]) => variable);
  return open
    .slice(0, MOST_VARIABLES)
    .reduce<readonly ReadonlyMap<string, boolean>[]>(
      (cases, variable) => cases.flatMap((one) => [true, false].map((is) => new Map([...one, [variable, is]]))),
      [new Map()],
    );
}
