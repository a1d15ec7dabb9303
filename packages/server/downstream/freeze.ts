/** Freezes a JSON value and all that is in it. */
export function freezeDeep<T>(value: T): T {
  // Not by recursion: how deep a value is, is the service's choice.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    for (const each of Object.values(next)) rest.push(each);
  }
  return value;
}
