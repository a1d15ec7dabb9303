import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type ValueNode,
  visit,
} from 'graphql';
import { documentOf } from './document.ts';
import { type Given, variableIn } from './list-bounds.ts';

/** Variables of which both values are analysed. Each doubles the work. */
const MAX_VARIABLES = 3;

/** Whether @skip or @include certainly excludes a field or fragment. False while the condition is unknown. */
export function isExcluded({ directives = [] }: SelectionNode, given: Given): boolean {
  return directives.some(({ name, arguments: [condition] = [] }) => {
    const excludesIf = EXCLUDES_IF[name.value];
    return excludesIf !== undefined && condition !== undefined && conditionOf(condition.value, given) === excludesIf;
  });
}

const EXCLUDES_IF: Readonly<Record<string, boolean | undefined>> = { skip: true, include: false };

function conditionOf(value: ValueNode, { variables, conditions }: Given): boolean | undefined {
  if (value.kind === Kind.BOOLEAN) return value.value;
  if (value.kind !== Kind.VARIABLE) return undefined;
  const known = variableIn(variables, value.name.value);
  return typeof known === 'boolean' ? known : conditions?.get(value.name.value);
}

/**
 * The combinations of conditions to analyse separately. A variable is both true and false only if one field depends on it by @skip and
 * another by @include. Otherwise one of its values includes all fields, and that is the worst case.
 */
export function casesOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Given,
): readonly ReadonlyMap<string, boolean>[] {
  const uses = new Map<string, Set<string>>();
  visit(documentOf(document, operation), {
    Directive({ name, arguments: [condition] = [] }) {
      if (EXCLUDES_IF[name.value] === undefined || condition?.value.kind !== Kind.VARIABLE) return;
      if (conditionOf(condition.value, given) !== undefined) return;
      const variable = condition.value.name.value;
      uses.set(variable, (uses.get(variable) ?? new Set()).add(name.value));
    },
  });
  const open = [...uses].filter(([, directives]) => directives.size > 1).map(([variable]) => variable);
  return open
    .slice(0, MAX_VARIABLES)
    .reduce<readonly ReadonlyMap<string, boolean>[]>(
      (cases, variable) =>
        cases.flatMap((known) => [true, false].map((value) => new Map([...known, [variable, value]]))),
      [new Map()],
    );
}
