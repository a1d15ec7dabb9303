import type { Field, Starter } from './model.ts';

/** The starter without types that have no fields, and without everything that refers to them: GraphQL has no empty types. */
export function pruned(starter: Starter): Starter {
  const empty = starter.types.filter(({ fields }) => fields.length === 0).map(({ name }) => name);
  if (empty.length === 0) return withUsedEnums(starter);
  const isEmpty = (type: string) => empty.includes(type);
  const typeOf = (field: Field) => (field.kind === 'money' ? '' : field.kind === 'relation' ? field.type : field.named);
  return pruned({
    ...starter,
    sections: starter.sections.filter(({ type }) => !isEmpty(type)),
    lookups: starter.lookups.filter(({ type }) => !isEmpty(type)),
    types: starter.types
      .filter(({ name }) => !isEmpty(name))
      .map((type) => ({ ...type, fields: type.fields.filter((field) => !isEmpty(typeOf(field))) })),
    leftOut: [...starter.leftOut, ...empty.map((name) => `${name}: none of its properties has a GraphQL type.`)],
  });
}

function withUsedEnums(starter: Starter): Starter {
  const fields = starter.types.flatMap((type) => type.fields);
  const used = new Set(fields.flatMap((field) => (field.kind === 'property' ? [field.named] : [])));
  return { ...starter, enums: starter.enums.filter(({ name }) => used.has(name)) };
}
