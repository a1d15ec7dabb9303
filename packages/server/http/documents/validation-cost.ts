import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/**
 * Most work that validating an ad-hoc document may take: nodes that are looked at, and pairs of fields and fragments that are compared.
 * A pair takes about half a microsecond. A thousand tokens without repeated fields are some 500 units.
 */
export const MAX_VALIDATION_COST = 5_000;

/**
 * An upper bound of what validating a document costs, in those units. It takes time in proportion to the bound, and stops where that
 * is more than `limit`.
 *
 * The rule that fields of one response name can be merged compares every two of them, also across fragments and with all that is
 * selected below (specification, section 5.3.2). Each operation is validated with all fragments that it reaches, and so is each fragment.
 */
export function validationCost({ definitions }: DocumentNode, limit = MAX_VALIDATION_COST): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  /** Fragments that lead to the fields that are looked at: one that spreads itself is another rule's to refuse. */
  const onTheWay = new Set<string>();
  // Each pair of fragments is compared once in all.
  let cost = pairsOf(fragments.size);

  /** Looks at selections of one response path, which are merged into one. */
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
        } else if (!spread.has(node.name.value) && !onTheWay.has(node.name.value)) {
          spread.add(node.name.value);
          const fragment = fragments.get(node.name.value);
          if (fragment) gather(fragment.selectionSet);
        }
      }
    };
    for (const set of sets) gather(set);
    if (cost > limit) return;
    for (const name of spread) onTheWay.add(name);
    for (const named of fields.values()) {
      cost += pairsOf(named.length);
      if (cost > limit) break;
      const below = named.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) visit(below);
    }
    for (const name of spread) onTheWay.delete(name);
  };

  for (const definition of definitions) {
    if ('selectionSet' in definition) visit([definition.selectionSet]);
  }
  return cost;
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}
