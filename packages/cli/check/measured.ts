import { setImmediate as turnOver } from 'node:timers/promises';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { ScreenUse } from '@facet/server/internal/telemetry/overfetch-meter.ts';
import { startBff } from '@facet/testing/internal/bff.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';

/** What a client's screens fetched and used. */
export interface Measured {
  readonly screens: ReadonlyMap<string, ScreenUse>;
  /** Screens that did not answer as they should. */
  readonly problems: readonly string[];
}

export interface Measuring extends AsyncDisposable {
  /** Asks for each of a client's screens once, with its example, and with nothing in the cache. */
  measure(bff: Bff, screens: readonly string[]): Promise<Measured>;
}

/** The reference services over a small data set, for clients to be measured in front of them. */
export async function startMeasuring(): Promise<Measuring> {
  const services = await startReferenceServices();
  return {
    measure: (bff, screens) => measure(bff, screens, services),
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}

async function measure(bff: Bff, screens: readonly string[], { urls }: ReferenceServices): Promise<Measured> {
  await using running = await startBff(bff, urls, { MEASURE_EVERY: '1' });
  const problems: string[] = [];
  for (const name of screens) {
    const { data, errors } = await running.screen(name, bff.examples[name]);
    if (data === undefined || errors.length > 0) {
      problems.push(`${name} cannot be measured with its example: ${errors[0]?.message ?? 'it has no answer.'}`);
    }
  }
  // Answers are looked at right after they have left.
  await turnOver();
  return { screens: new Map(running.waste.screens.map((use) => [use.screen, use])), problems };
}
