import { createHook } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';

const PRODUCT = fileURLToPath(new URL('../server/', import.meta.url));
const FRAMES = 12;
/** What an answer leaves to be tidied up takes turns of the event loop, not time: a timer that runs out is not tidy. */
const TURNS = 50;

/** Frames between the code that makes a timer or a promise and the hook that is told of it. */
const BETWEEN = /node:(internal\/)?(async_hooks|timers)|<anonymous>|leak-detector\.ts/;

/** Watches what the project's own code leaves behind, from when it is made until it is disposed of. */
export interface Leftovers extends Disposable {
  /** Where timers were set that neither ran nor were cleared, and promises made that did not settle. */
  left(): Promise<readonly string[]>;
}

/**
 * Counts what @facet/server itself makes: the timers of a kept connection belong to undici, and a test's own promises to the
 * test. Timers count whether they keep the process alive or not.
 */
export function watchLeftovers(): Leftovers {
  const timers = new Map<number, { readonly stack?: string }>();
  const promises = new Map<number, { readonly stack?: string }>();
  const hook = createHook({
    init(id, type) {
      const kind = type === 'PROMISE' ? promises : type === 'Timeout' || type === 'Immediate' ? timers : undefined;
      kind?.set(id, trace());
    },
    destroy: (id) => void timers.delete(id),
    promiseResolve: (id) => void promises.delete(id),
    // What V8 makes for each await is never resolved; it has done its work when the function goes on.
    before: (id) => void promises.delete(id),
  }).enable();

  const places = () => [
    ...Array.from(timers.values(), (made) => placeOf('timer', made)),
    ...Array.from(promises.values(), (made) => placeOf('promise', made)),
  ];
  const left = () => places().filter((place) => place !== undefined);
  return {
    async left() {
      for (let turn = 0; turn < TURNS && left().length > 0; turn += 1) await new Promise((go) => setImmediate(go));
      return left();
    },
    [Symbol.dispose]: () => void hook.disable(),
  };
}

/** The stack here, made into a text only when it is looked at. */
function trace(): { readonly stack?: string } {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const made = {};
  Error.captureStackTrace(made);
  Error.stackTraceLimit = before;
  return made;
}

/** The line of @facet/server that made it; undefined where something else did. */
function placeOf(what: string, { stack = '' }: { readonly stack?: string }): string | undefined {
  const [, ...frames] = stack.split('\n');
  const place = frames.find((frame) => !BETWEEN.test(frame)) ?? '';
  const isProduct = place.includes(PRODUCT) && !place.includes('.test.ts');
  return isProduct ? `${what} ${place.trim()}` : undefined;
}
