/** Whether every object has a property of this name, so that a plain object must not be used as a map of such names. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}
