import type { ArrivedAtService, ServiceGroup } from './service-group.ts';
import { recordWaves } from './waves.ts';

/** What a screen answered, and the calls that it made. */
export interface Observed<Name extends string, Result> {
  readonly result: Result;
  /** The calls to the services, in the order of their arrival. */
  readonly calls: readonly ArrivedAtService<Name>[];
  /**
   * The services called, by wave: `[['authors', 'books'], ['books']]` are two calls at the same time, and one that needed their answers.
   * Names are sorted within a wave.
   */
  readonly waves: readonly (readonly Name[])[];
}

/**
 * Runs something, such as a screen, and records the calls that it makes to the services. It holds the calls of a wave until no further one
 * arrives. Observe one thing at a time.
 */
export async function observe<Name extends string, Result>(
  services: ServiceGroup<Name>,
  run: () => Promise<Result>,
): Promise<Observed<Name, Result>> {
  const before = services.arrived.length;
  const waves = recordWaves(services);
  try {
    const result = await run();
    return { result, calls: services.arrived.slice(before), waves };
  } finally {
    services.gate = () => {};
  }
}
