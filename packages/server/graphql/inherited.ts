import { type GraphQLSchema, isInputObjectType } from 'graphql';

/** Whether plain objects inherit a property of this name. They must not be used as maps with such keys. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

/** Returns a function that reads a property by name. Properties of Object.prototype, such as `constructor`, are ignored. */
export function readerOf<const Name extends string>(
  name: Name,
): <Value>(object: { readonly [N in Name]: Value }) => Value {
  if (!isInherited(name)) return (object) => object[name];
  return (object) => (Object.hasOwn(object, name) ? object[name] : (undefined as never));
}

/** Whether a schema has an input field with the name of a property of Object.prototype. */
export function hasInheritedInputs(schema: GraphQLSchema): boolean {
  return Object.values(schema.getTypeMap()).some(
    (type) => isInputObjectType(type) && Object.keys(type.getFields()).some(isInherited),
  );
}

/**
 * Removes the prototype of each object in variables that were parsed from JSON. graphql-js 16 reads missing input fields from the
 * prototype. The function does not recurse, because callers choose the depth.
 */
export function removePrototypes(variables: unknown): void {
  const left = [variables];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) Reflect.setPrototypeOf(value, null);
    for (const inner of Object.values(value)) if (inner !== undefined) left.push(inner);
  }
}
