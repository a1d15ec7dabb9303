import type { Field, Lookup, ObjectType, RelationField } from './model.ts';

/** Adds a field `product` behind each property `productId` (or `product_id`) if a batch endpoint has rows of the type Product. */
export function withRelations(types: readonly ObjectType[], lookups: readonly Lookup[]): ObjectType[] {
  return types.map((type) => ({
    ...type,
    fields: type.fields.flatMap((field) => [field, ...relationOf(field, type.fields, lookups)]),
  }));
}

function relationOf(field: Field, siblings: readonly Field[], lookups: readonly Lookup[]): RelationField[] {
  if (field.kind !== 'property' || field.named !== 'ID' || field.isList) return [];
  const name = targetIn(field.name);
  const target = lookups.find((lookup) => lookup.name === name);
  if (!target || siblings.some((sibling) => sibling.name === name)) return [];
  return [{ kind: 'relation', name, type: target.type, property: field.name, endpoint: target.endpoint }];
}

/** `product` for `productId` or `product_id`; empty for other names. */
function targetIn(property: string): string {
  const suffix = ['_id', 'Id'].find((end) => property.endsWith(end));
  return suffix === undefined ? '' : property.slice(0, -suffix.length);
}
