import { describe, expect, test } from '@jest/globals';
import { createSlotLimit, type SlotLimit } from './overload/admission.ts';

const MOST = 1_000;
const SAMPLES_A_SECOND = 20;

/** Tells it the same for so many samples; as many requests are under way as may be, where there are enough. */
function tell(slots: SlotLimit, samples: number, utilization: number, wanted: number): void {
  for (let sample = 0; sample < samples; sample += 1) {
    slots.sample(utilization, Math.min(wanted, slots.limit));
  }
}

describe('the requests that are let in at once', () => {
  test('are as many as may ever be, however many wait for a slow service, as long as there is time to spare', () => {
    const slots = createSlotLimit(MOST, 0.98);
    tell(slots, 1_000, 0.9, 5_000);
    expect(slots.limit).toBe(MOST);
  });

  test('become fewer than are under way while the event loop is always busy, but never too few to keep it so', () => {
    const slots = createSlotLimit(MOST, 0.98);
    tell(slots, 100, 0.5, 50);
    tell(slots, 25, 1, 300);
    expect(slots.limit).toBeLessThan(300);
    tell(slots, 100, 1, 300);
    expect(slots.limit).toBe(64);
  });

  test('become more again as soon as there is time to spare, where more are wanted', () => {
    const slots = createSlotLimit(MOST, 0.98);
    tell(slots, 200, 1, 300);
    expect(slots.limit).toBe(64);
    tell(slots, 100, 0.9, 5_000);
    expect(slots.limit).toBe(MOST);
  });

  test.each([0, 1, 10])('become as many as may ever be while the utilization is low, with %i under way', (inFlight) => {
    const slots = createSlotLimit(MOST, 0.98);
    tell(slots, 200, 1, 300);
    expect(slots.limit).toBe(64);
    tell(slots, SAMPLES_A_SECOND * 10, 0.3, inFlight);
    expect(slots.limit).toBe(MOST);
  });

  test('stay as few while the event loop is nearly as busy as it may be, and no more are wanted', () => {
    const slots = createSlotLimit(MOST, 0.98);
    tell(slots, 200, 1, 300);
    tell(slots, SAMPLES_A_SECOND * 10, 0.9, 30);
    expect(slots.limit).toBe(64);
  });

  test('stay as many after a single pause', () => {
    const slots = createSlotLimit(MOST, 0.98);
    tell(slots, 100, 0.6, 50);
    tell(slots, 2, 1, 200);
    tell(slots, 100, 0.6, 50);
    expect(slots.limit).toBe(MOST);
  });

  test('are never more than may be, where that is less than keeps the event loop busy', () => {
    const slots = createSlotLimit(2, 0.98);
    tell(slots, 100, 1, 10);
    expect(slots.limit).toBe(2);
  });

  test('are always as many where a busy event loop does not count', () => {
    const slots = createSlotLimit(MOST, 1);
    tell(slots, 100, 1, 5_000);
    expect(slots.limit).toBe(MOST);
  });
});
