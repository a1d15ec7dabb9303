import type { ServiceGroup } from './service-group.ts';

/**
 * Holds every request at the services until no further one comes, then lets them all go as one wave. Answers the waves
 * so far: `['members', 'loans'], ['library']` are two calls side by side and one that waited for an answer.
 */
export function recordWaves<Name extends string>(services: ServiceGroup<Name>): Name[][] {
  const waves: Name[][] = [];
  let held: (() => void)[] = [];
  let current: Name[] = [];
  services.gate = ({ service }) =>
    new Promise((resolve) => {
      current.push(service);
      held.push(resolve);
      void release(held.length);
    });
  const release = async (count: number) => {
    // Whatever the caller still has to send goes out while the event loop turns.
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (held.length !== count) return;
    waves.push(current.sort());
    const go = held;
    held = [];
    current = [];
    for (const open of go) open();
  };
  return waves;
}

/** Turns of the event loop without a new request after which a wave is complete; a few are enough on loopback. */
const TURNS = 300;
