export interface WatchedPatterns extends Disposable {
  /** Length of the longest text that a regular expression was given; 0 if none was longer than `SHORT`. */
  readonly longest: number;
  /** Expressions that were given a longer text than `SHORT`, by `source` and `flags`, each with the length of the longest. */
  readonly lengths: ReadonlyMap<string, WatchedPattern>;
}

export interface WatchedPattern {
  readonly source: string;
  readonly flags: string;
  readonly length: number;
}

/** Texts of up to this length cannot keep any expression of ours busy, and are not noted. */
const SHORT = 256;

/**
 * Watches the texts that regular expressions are given, by whatever method of strings or expressions, until it is disposed of. A linear
 * expression does as much work as its text is long, so that this bounds the work without a clock.
 */
export function watchPatterns(): WatchedPatterns {
  const { exec } = RegExp.prototype;
  const lengths = new Map<string, WatchedPattern>();
  // Every other method calls this one (ECMAScript, RegExpExec).
  RegExp.prototype.exec = function watchedExec(this: RegExp, text: string) {
    const { length } = String(text);
    if (length > SHORT) {
      const { source, flags } = this;
      const key = `/${source}/${flags}`;
      if (length > (lengths.get(key)?.length ?? 0)) lengths.set(key, { source, flags, length });
    }
    return exec.call(this, text);
  };
  return {
    lengths,
    get longest() {
      return Math.max(0, ...Array.from(lengths.values(), ({ length }) => length));
    },
    [Symbol.dispose]() {
      RegExp.prototype.exec = exec;
    },
  };
}
