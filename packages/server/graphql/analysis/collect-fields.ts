import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { isExcluded } from './conditions.ts';
import type { Given } from './list-bounds.ts';

/** A field of a response. All selections with the same response key are one field. */
export interface CollectedField {
  /** The response key: the alias or the name. */
  readonly key: string;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly arguments: readonly ArgumentNode[];
  readonly selections: readonly SelectionSetNode[];
}

export type CollectFields = (selections: readonly SelectionSetNode[], type: GraphQLObjectType) => CollectedField[];

/**
 * CollectFields of the GraphQL specification for a validated document: the fields that a response has for an object type, through all
 * fragments. Fields behind @skip and @include count unless `given` excludes them. Introspection and __typename are left out.
 */
export function fieldCollector(schema: GraphQLSchema, { definitions }: DocumentNode, given: Given = {}): CollectFields {
  const fragments = new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );

  return (selections, type) => {
    const byKey = new Map<string, CollectedField>();
    // A fragment that is spread again adds nothing. Without this check, a chain of fragments takes exponential time.
    const visited = new Set<string>();

    const collect = ({ selections: nodes }: SelectionSetNode): void => {
      for (const node of nodes) {
        if (isExcluded(node, given)) continue;
        if (node.kind === Kind.FIELD) add(node);
        else if (node.kind === Kind.INLINE_FRAGMENT) {
          if (applies(node.typeCondition?.name.value)) collect(node.selectionSet);
        } else {
          const fragment = visited.has(node.name.value) ? undefined : fragments.get(node.name.value);
          visited.add(node.name.value);
          if (fragment && applies(fragment.typeCondition.name.value)) collect(fragment.selectionSet);
        }
      }
    };

    const add = (node: FieldNode): void => {
      const definition = type.getFields()[node.name.value];
      if (!definition) return;
      const key = node.alias?.value ?? node.name.value;
      byKey.set(key, {
        key,
        definition,
        arguments: node.arguments ?? [],
        selections: [...(byKey.get(key)?.selections ?? []), ...(node.selectionSet ? [node.selectionSet] : [])],
      });
    };

    const applies = (condition: string | undefined): boolean => {
      if (condition === undefined || condition === type.name) return true;
      const conditionType = schema.getType(condition);
      return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
    };

    for (const selection of selections) collect(selection);
    return [...byKey.values()];
  };
}
