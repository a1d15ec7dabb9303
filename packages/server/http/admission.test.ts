import { describe, expect, test } from '@jest/globals';
import { type Admission, createAdmission } from './admission.ts';

const MOST = 1_000;
const SAMPLES_A_SECOND = 20;

/** Tells it the same for so many samples; as many requests are under way as may be, where there are enough. */
function tell(admission: Admission, samples: number, utilization: number, wanted: number): void {
  for (let sample = 0; sample < samples; sample += 1) {
    admission.note(utilization, Math.min(wanted, admission.limit));
  }
}

describe('the requests that are let in at once', () => {
  test('are as many as may ever be, however many wait for a slow service, as long as there is time to spare', () => {
    const admission = createAdmission(MOST, 0.98);
    tell(admission, 1_000, 0.9, 5_000);
    expect(admission.limit).toBe(MOST);
  });

  test('become fewer than are under way while the event loop is always busy, but never too few to keep it so', () => {
    const admission = createAdmission(MOST, 0.98);
    tell(admission, 100, 0.5, 50);
    tell(admission, 25, 1, 300);
    expect(admission.limit).toBeLessThan(300);
    tell(admission, 100, 1, 300);
    expect(admission.limit).toBe(64);
  });

  test('become more again as soon as there is time to spare, where more are wanted', () => {
    const admission = createAdmission(MOST, 0.98);
    tell(admission, 200, 1, 300);
    expect(admission.limit).toBe(64);
    tell(admission, 100, 0.9, 5_000);
    expect(admission.limit).toBe(MOST);
  });

  test.each([0, 1, 10])('become as many as may ever be while the utilization is low, with %i under way', (inFlight) => {
    const admission = createAdmission(MOST, 0.98);
    tell(admission, 200, 1, 300);
    expect(admission.limit).toBe(64);
    tell(admission, SAMPLES_A_SECOND * 10, 0.3, inFlight);
    expect(admission.limit).toBe(MOST);
  });

  test('stay as few while the event loop is nearly as busy as it may be, and no more are wanted', () => {
    const admission = createAdmission(MOST, 0.98);
    tell(admission, 200, 1, 300);
    tell(admission, SAMPLES_A_SECOND * 10, 0.9, 30);
    expect(admission.limit).toBe(64);
  });

  test('stay as many after a single pause', () => {
    const admission = createAdmission(MOST, 0.98);
    tell(admission, 100, 0.6, 50);
    tell(admission, 2, 1, 200);
    tell(admission, 100, 0.6, 50);
    expect(admission.limit).toBe(MOST);
  });

  test('are never more than may be, where that is less than keeps the event loop busy', () => {
    const admission = createAdmission(2, 0.98);
    tell(admission, 100, 1, 10);
    expect(admission.limit).toBe(2);
  });

  test('are always as many where a busy event loop does not count', () => {
    const admission = createAdmission(MOST, 1);
    tell(admission, 100, 1, 5_000);
    expect(admission.limit).toBe(MOST);
  });
});
