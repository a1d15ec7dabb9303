import { setImmediate as turnOver } from 'node:timers/promises';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { ScreenUse } from '@facet/server/internal/telemetry/overfetch-meter.ts';
import { startBff } from '@facet/testing/internal/bff.ts';
import { ROOT, readConfig } from '../project.ts';

/** The bytes that a client's screens fetched and used. */
export interface Measured {
  readonly screens: ReadonlyMap<string, ScreenUse>;
  /** Screens that returned errors. */
  readonly problems: readonly string[];
}

export interface Measuring extends AsyncDisposable {
  /** Runs each screen once with its example variables and an empty cache. */
  measure(bff: Bff, screens: readonly string[]): Promise<Measured>;
}

interface TestServices extends AsyncDisposable {
  readonly urls: Readonly<Partial<Record<string, string>>>;
}

/** Starts the test services of facet.config.ts. `root` is the project's directory. */
export async function startMeasuring(root = ROOT): Promise<Measuring> {
  const { testServices } = await readConfig(root);
  if (testServices === undefined) {
    throw new InputError(
      'facet.config.ts has no testServices: the module that starts services to measure screens with.',
    );
  }
  const { startServices }: { startServices(): Promise<TestServices> } = await import(root + testServices);
  const services = await startServices();
  return {
    measure: (bff, screens) => measure(bff, screens, services),
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}

async function measure(bff: Bff, screens: readonly string[], { urls }: TestServices): Promise<Measured> {
  await using running = await startBff(bff, urls, { MEASURE_EVERY: '1' });
  const problems: string[] = [];
  for (const name of screens) {
    const { data, errors } = await running.screen(name, bff.examples[name]);
    if (data === undefined || errors.length > 0) {
      problems.push(
        `${name} cannot be measured with its example variables: ${errors[0]?.message ?? 'the response has no data.'}`,
      );
    }
  }
  // The meter analyses each response in a task after the response has been sent.
  await turnOver();
  return { screens: new Map(running.waste.screens.map((use) => [use.screen, use])), problems };
}
