import {
  type ArgumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { isLeftOut } from './conditions.ts';
import type { Given } from './list-bounds.ts';

/** A field as it is answered: whatever is selected of it in several places is one. */
export interface AnsweredField {
  /** Its key in the answer. */
  readonly key: string;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly arguments: readonly ArgumentNode[];
  readonly selections: readonly SelectionSetNode[];
}

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * The fields that are answered of an object of this type, through all fragments. Those behind @skip and @include count,
 * unless their conditions are known and leave them out. Introspection and __typename call nothing and are left out.
 */
export function answeredFields(
  schema: GraphQLSchema,
  fragments: Fragments,
  selections: readonly SelectionSetNode[],
  type: GraphQLObjectType,
  given: Given = {},
): AnsweredField[] {
  const byKey = new Map<string, AnsweredField>();
  // Spread again a fragment adds nothing, and a chain of such doubles its length with each.
  const spread = new Set<string>();

  const collect = ({ selections: nodes }: SelectionSetNode): void => {
    for (const node of nodes) {
      if (isLeftOut(node, given)) continue;
      if (node.kind === Kind.FIELD) add(node);
      else if (node.kind === Kind.INLINE_FRAGMENT) {
        if (applies(node.typeCondition?.name.value)) collect(node.selectionSet);
      } else {
        const fragment = spread.has(node.name.value) ? undefined : fragments.get(node.name.value);
        spread.add(node.name.value);
        if (fragment && applies(fragment.typeCondition.name.value)) collect(fragment.selectionSet);
      }
    }
  };

  const add = (node: FieldNode): void => {
    const definition = type.getFields()[node.name.value];
    if (!definition) return;
    const key = node.alias?.value ?? node.name.value;
    const selected = node.selectionSet ? [node.selectionSet] : [];
    const known = byKey.get(key);
    byKey.set(key, {
      key,
      definition,
      arguments: node.arguments ?? [],
      selections: [...(known?.selections ?? []), ...selected],
    });
  };

  const applies = (condition: string | undefined): boolean => {
    if (condition === undefined || condition === type.name) return true;
    const conditionType = schema.getType(condition);
    return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
  };

  for (const selection of selections) collect(selection);
  return [...byKey.values()];
}
