import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/**
 * Highest cost of validating an ad-hoc document: visited nodes, and compared pairs of fields and fragments. A pair takes about half a
 * microsecond. A thousand tokens without repeated fields cost about 500.
 */
export const MAX_VALIDATION_COST = 5_000;

/**
 * An upper bound of the cost of validating a document. Computing it takes time in proportion to the bound, and stops above `limit`.
 *
 * The rule "Field Selection Merging" (specification, section 5.3.2) compares each pair of fields with one response name, across fragments
 * and with their subselections. Each operation and each fragment is validated with all fragments that it reaches.
 */
export function validationCost({ definitions }: DocumentNode, limit = MAX_VALIDATION_COST): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  /** Fragments that contain the current fields. Another rule rejects a fragment that spreads itself. */
  const ancestors = new Set<string>();
  // Each pair of fragments is compared once.
  let cost = pairsOf(fragments.size);

  /** Visits the selection sets of one response path, which are merged. */
  const visit = (sets: readonly SelectionSetNode[]): void => {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const gather = ({ selections }: SelectionSetNode): void => {
      for (const node of selections) {
        cost += 1 + (node.directives?.length ?? 0);
        if (cost > limit) return;
        if (node.kind === Kind.FIELD) {
          const { value: name } = node.alias ?? node.name;
          const named = fields.get(name);
          if (named) named.push(node);
          else fields.set(name, [node]);
          cost += node.arguments?.length ?? 0;
        } else if (node.kind === Kind.INLINE_FRAGMENT) {
          gather(node.selectionSet);
        } else if (!spread.has(node.name.value) && !ancestors.has(node.name.value)) {
          spread.add(node.name.value);
          const fragment = fragments.get(node.name.value);
          if (fragment) gather(fragment.selectionSet);
        }
      }
    };
    for (const set of sets) gather(set);
    if (cost > limit) return;
    for (const name of spread) ancestors.add(name);
    for (const named of fields.values()) {
      cost += pairsOf(named.length);
      if (cost > limit) break;
      const below = named.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) visit(below);
    }
    for (const name of spread) ancestors.delete(name);
  };

  for (const definition of definitions) {
    if ('selectionSet' in definition) visit([definition.selectionSet]);
  }
  return cost;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}
