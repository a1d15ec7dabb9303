/** Where two JSON values first differ, and how; undefined where they do not. Properties may come in any order. */
export function differenceOf(left: unknown, right: unknown, path = '$'): string | undefined {
  if (Object.is(left, right)) return undefined;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) {
    return `${path} is ${JSON.stringify(left)} and ${JSON.stringify(right)}`;
  }
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const difference = differenceOf(left[name], right[name], `${path}.${name}`);
    if (difference) return difference;
  }
  return undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
