export interface WatchedPatterns extends Disposable {
  /** Length of the longest text that a regular expression was given. */
  readonly longest: number;
  /** The expression that was given it. */
  readonly pattern: RegExp | undefined;
}

/**
 * Watches the texts that regular expressions are given, by whatever method of strings or expressions, until it is disposed of. A linear
 * expression does as much work as its text is long, so that this bounds the work without a clock.
 */
export function watchPatterns(): WatchedPatterns {
  const { exec } = RegExp.prototype;
  const watched = { longest: 0, pattern: undefined as RegExp | undefined };
  // Every other method calls this one (ECMAScript, RegExpExec).
  RegExp.prototype.exec = function watchedExec(this: RegExp, text: string) {
    if (String(text).length > watched.longest) {
      watched.longest = String(text).length;
      watched.pattern = this;
    }
    return exec.call(this, text);
  };
  return Object.assign(watched, {
    [Symbol.dispose]() {
      RegExp.prototype.exec = exec;
    },
  });
}
