import { ExactNumber } from '../request/exact-json.ts';

/** Memory of a JSON value, in bytes: an estimate from above of what V8 takes for it. */
export function bytesOf(value: unknown): number {
  let bytes = 0;
  // Not by recursion: how deep a value is, is the service's choice.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === 'string') bytes += 32 + 2 * next.length;
    else if (next instanceof ExactNumber) bytes += 128 + ExactNumber.textOf(next).length;
    else if (typeof next === 'object' && next !== null) {
      bytes += 64;
      for (const each of Object.values(next)) {
        bytes += 8;
        rest.push(each);
      }
    } else bytes += 16;
  }
  return bytes;
}
