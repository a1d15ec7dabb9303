import {
  type ASTNode,
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** Limits of an ad-hoc operation. A fragment counts each time it is spread. */
export const LIMITS = { depth: 10, aliases: 15, directives: 50, fragments: 250 } as const;

/** Most lexical tokens of a document. The standard introspection query has about 300. */
export const MAX_TOKENS = 1_000;

type Size = { readonly [What in keyof typeof LIMITS]: number };

const NOTHING: Size = { depth: 0, aliases: 0, directives: 0, fragments: 0 };

/**
 * A validation rule that rejects operations beyond LIMITS. The depth of introspection does not count: graphql-js has a rule for it. Its
 * aliases do, because a kilobyte of aliases would select the schema hundreds of times.
 */
export function sizeRule(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, Size>();

  const sizeOfFragment = (fragment: FragmentDefinitionNode): Size => {
    const { value: name } = fragment.name;
    const known = fragments.get(name);
    if (known) return known;
    // Another rule rejects a fragment that spreads itself. This prevents endless recursion.
    fragments.set(name, NOTHING);
    const size = sizeOf(fragment.selectionSet);
    fragments.set(name, size);
    return size;
  };

  const sizeOf = ({ selections }: SelectionSetNode): Size => {
    let total = NOTHING;
    for (const node of selections) {
      const directives = node.directives?.length ?? 0;
      if (node.kind === Kind.FIELD) {
        const below = node.selectionSet ? sizeOf(node.selectionSet) : NOTHING;
        const depth = node.name.value === '__schema' || node.name.value === '__type' ? 0 : below.depth + 1;
        total = sum(total, { ...below, depth }, { aliases: node.alias ? 1 : 0, directives, fragments: 0 });
      } else {
        const fragment = node.kind === Kind.FRAGMENT_SPREAD ? context.getFragment(node.name.value) : undefined;
        const spread = fragment ? sizeOfFragment(fragment) : NOTHING;
        const inside = node.kind === Kind.INLINE_FRAGMENT ? sizeOf(node.selectionSet) : spread;
        total = sum(total, inside, { aliases: 0, directives, fragments: 1 });
      }
    }
    return total;
  };

  return {
    OperationDefinition(operation) {
      const size = sizeOf(operation.selectionSet);
      for (const what of Object.keys(LIMITS) as (keyof Size)[]) {
        if (size[what] > LIMITS[what]) context.reportError(tooLarge(what, size[what], operation));
      }
      return false;
    },
  };
}

function sum(total: Size, inside: Size, own: Omit<Size, 'depth'>): Size {
  return {
    depth: Math.max(total.depth, inside.depth),
    aliases: total.aliases + inside.aliases + own.aliases,
    directives: total.directives + inside.directives + own.directives,
    fragments: total.fragments + inside.fragments + own.fragments,
  };
}

function tooLarge(what: keyof Size, size: number, nodes: ASTNode): GraphQLError {
  const count = what === 'depth' ? `a depth of ${size}` : `${size} ${what}`;
  return new GraphQLError(`The operation has ${count}; the limit is ${LIMITS[what]}.`, { nodes });
}
