/** Freezes a JSON value and all that is in it. */
export function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) freezeDeep(each);
  }
  return value;
}
