import { monotonicMs } from '../../request/clock.ts';

/** How long a circuit stays open: this long at first, and twice as long after each try that failed. */
const FIRST_OPEN_MS = 1_000;
const LONGEST_OPEN_MS = 15_000;

/** What the end of a call says of whom it asked: that it is well, that it is ill, or nothing. */
export type Verdict = 'well' | 'ill' | 'nothing';

/** Looks at calls while a circuit is closed. */
export interface Sampling {
  succeeded(): void;
  /** Whether the circuit is to open. */
  failed(): boolean;
}

interface Options {
  /** A new sampling for each time that the circuit closes. */
  readonly sampling: () => Sampling;
  readonly judge: (error: unknown) => Verdict;
  /** Called after the circuit has opened, has stayed open after a try, or has closed. */
  readonly onChange: () => void;
  readonly random?: () => number;
}

/**
 * A circuit. While it is open one call at a time is tried, after a pause that grows. Its time is monotonic: with cockatiel's
 * breakers, which read the system clock, a circuit stayed open for an hour after that clock was set back by one.
 */
export class CircuitBreaker {
  isClosed = true;
  #sampling: Sampling;
  #openUntil = 0;
  #openings = 0;
  #isTrying = false;
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    this.#sampling = options.sampling();
  }

  /** Makes the call; undefined when the circuit does not let it through. */
  run<T>(call: () => Promise<T>): Promise<T> | undefined {
    if (this.isClosed) return this.#watch(call());
    if (this.#isTrying || monotonicMs() < this.#openUntil) return undefined;
    this.#isTrying = true;
    return this.#try(call());
  }

  #watch<T>(answer: Promise<T>): Promise<T> {
    // A call that began before the circuit opened says nothing about the service after it closed.
    const sampling = this.#sampling;
    return answer.then(
      (value) => {
        sampling.succeeded();
        return value;
      },
      (error: unknown) => {
        const verdict = this.#options.judge(error);
        if (verdict === 'well') sampling.succeeded();
        else if (verdict === 'ill' && this.isClosed && sampling === this.#sampling && sampling.failed()) this.#open();
        throw error;
      },
    );
  }

  #try<T>(answer: Promise<T>): Promise<T> {
    return answer.then(
      (value) => {
        this.#isTrying = false;
        this.#close();
        return value;
      },
      (error: unknown) => {
        this.#isTrying = false;
        // A try that says nothing leaves the circuit open, and the next call is one.
        const verdict = this.#options.judge(error);
        if (verdict === 'ill') this.#open();
        else if (verdict === 'well') this.#close();
        throw error;
      },
    );
  }

  #open(): void {
    const openMs = Math.min(LONGEST_OPEN_MS, FIRST_OPEN_MS * 2 ** this.#openings);
    const { random = Math.random } = this.#options;
    // Not to the same moment in all processes.
    this.#openUntil = monotonicMs() + openMs * (0.8 + 0.4 * random());
    this.#openings += 1;
    this.isClosed = false;
    this.#options.onChange();
  }

  #close(): void {
    this.#openings = 0;
    this.#sampling = this.#options.sampling();
    this.isClosed = true;
    this.#options.onChange();
  }
}

/** Opens after so many failures in a row. */
export function consecutiveFailures(limit: number): Sampling {
  let failures = 0;
  return {
    succeeded() {
      failures = 0;
    },
    failed() {
      failures += 1;
      return failures >= limit;
    },
  };
}

const SLOT_MS = 1_000;

/** Opens when more than this share of the calls of the last seconds failed, and there was at least one call a second. */
export function failureShare(share: number, seconds: number): Sampling {
  const slots = Array.from({ length: seconds }, () => ({ second: -1, calls: 0, failures: 0 }));
  const note = (failures: 0 | 1): { calls: number; failures: number } => {
    const second = Math.floor(monotonicMs() / SLOT_MS);
    const sum = { calls: 1, failures: failures as number };
    for (const [index, slot] of slots.entries()) {
      const isNow = index === second % seconds;
      if (isNow && slot.second !== second) Object.assign(slot, { second, calls: 0, failures: 0 });
      if (slot.second <= second - seconds) continue;
      sum.calls += slot.calls;
      sum.failures += slot.failures;
      if (!isNow) continue;
      slot.calls += 1;
      slot.failures += failures;
    }
    return sum;
  };
  return {
    succeeded() {
      note(0);
    },
    failed() {
      const { calls, failures } = note(1);
      return calls >= seconds && failures > share * calls;
    },
  };
}
