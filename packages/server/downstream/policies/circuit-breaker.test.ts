import { stoppedClock } from '@facet/testing/internal/clock.ts';
import { describe, expect, test } from '@jest/globals';
import { CircuitBreaker, consecutiveFailures, failureShare } from './circuit-breaker.ts';

const pass = stoppedClock();
const HOUR_MS = 3_600_000;

function breaker(sampling = () => consecutiveFailures(2), random = () => 0.5) {
  const circuit = new CircuitBreaker({ sampling, judge: () => 'failure', onChange: () => {}, random });
  const call = async (ends: 'well' | 'ill'): Promise<string> => {
    const answer = circuit.run(async () => {
      if (ends === 'ill') throw new Error('ill');
      return 'answered';
    });
    return answer ? answer.catch(() => 'failed') : 'refused';
  };
  return { circuit, call };
}

describe('an open circuit', () => {
  test.each([-HOUR_MS, 0, HOUR_MS])('is probed after its pause when the system time is set by %i ms', async (byMs) => {
    const { call } = breaker();
    await call('ill');
    await call('ill');
    pass.setSystemTime(byMs);
    pass(999);
    expect(await call('well')).toBe('refused');
    pass(1);
    expect(await call('well')).toBe('answered');
    expect(await call('well')).toBe('answered');
  });

  test.each([
    [0, 800],
    [0.5, 1_000],
    [1, 1_200],
  ])('pauses between 800 and 1,200 ms: with a random number of %d, %i ms', async (random, pauseMs) => {
    const { call } = breaker(undefined, () => random);
    await call('ill');
    await call('ill');
    pass(pauseMs - 1);
    expect(await call('well')).toBe('refused');
    pass(1);
    expect(await call('well')).toBe('answered');
  });

  test('pauses twice as long after each failed probe, up to 15 seconds', async () => {
    const { call } = breaker();
    await call('ill');
    await call('ill');
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      pass(pauseMs - 1);
      expect(await call('ill')).toBe('refused');
      pass(1);
      expect(await call('ill')).toBe('failed');
    }
  });
});

test('calls that began before a circuit opened do not open it again after it closed', async () => {
  const { circuit, call } = breaker();
  const fail: (() => void)[] = [];
  const hanging = Array.from({ length: 2 }, () =>
    circuit.run(() => new Promise((_, reject) => fail.push(() => reject(new Error('late')))))?.catch(() => undefined),
  );
  await call('ill');
  await call('ill');
  pass(1_000);
  expect(await call('well')).toBe('answered');
  for (const one of fail) one();
  await Promise.all(hanging);
  expect(await call('well')).toBe('answered');
});

describe('the share of failures', () => {
  const note = (sampling: ReturnType<typeof failureShare>, failures: number, successes: number): boolean => {
    for (let count = 0; count < successes; count += 1) sampling.succeeded();
    let opens = false;
    for (let count = 0; count < failures; count += 1) opens = sampling.failed();
    return opens;
  };

  test.each([
    [9, 0, false],
    [10, 0, true],
    [6, 4, true],
    [5, 5, false],
    [50, 51, false],
    [52, 51, true],
  ])('of %i failures and %i successes within ten seconds opens: %s', (failures, successes, opens) => {
    expect(note(failureShare(0.5, 10), failures, successes)).toBe(opens);
  });

  test('counts only the last ten seconds', () => {
    const sampling = failureShare(0.5, 10);
    note(sampling, 9, 0);
    pass(9_000);
    expect(sampling.failed()).toBe(true);
    pass(1_000);
    // Nine calls have left the window; two remain.
    expect(sampling.failed()).toBe(false);
  });

  test.each([-HOUR_MS, HOUR_MS])('forgets after ten seconds when the system time is set by %i ms', (byMs) => {
    const sampling = failureShare(0.5, 10);
    note(sampling, 9, 0);
    pass.setSystemTime(byMs);
    pass(10_000);
    expect(note(sampling, 9, 0)).toBe(false);
  });
});
