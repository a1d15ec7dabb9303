import { type GraphQLSchema, isInputObjectType } from 'graphql';

/** Whether every object has a property of this name, so that a plain object must not be used as a map of such names. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

/** Reads a property by its name. A row that lacks `constructor` has none, whatever all objects inherit. */
export function readerOf<const Name extends string>(
  name: Name,
): <Value>(object: { readonly [N in Name]: Value }) => Value {
  if (!isInherited(name)) return (object) => object[name];
  return (object) => (Object.hasOwn(object, name) ? object[name] : (undefined as never));
}

/** Whether an input object of a schema has a field that every JavaScript object has as well. */
export function hasInheritedInputs(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).some(
    (type) => isInputObjectType(type) && Object.keys(type.getFields()).some(isInherited),
  );
}

/**
 * Takes the prototype from each object in variables that were parsed from JSON. graphql-js 16 would take fields that were not given from
 * there. Callers choose how deeply objects are nested, so this is no recursion.
 */
export function removePrototypes(variables: unknown): void {
  const left = [variables];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) Reflect.setPrototypeOf(value, null);
    for (const inner of Object.values(value)) if (inner !== undefined) left.push(inner);
  }
}
