import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type RunningBff, startBff } from '../../testing/bff.ts';
import { CLIENTS } from '../../testing/clients.ts';
import { type Illness, type ReferenceServices, startReferenceServices } from '../../testing/reference-services.ts';
import { SERVICES, type ServiceName } from '../downstream/services.ts';

// Only a hanging service is cut off by these; the healthy ones beside it have them for themselves.
const DEADLINE_MS = 1_500;
const SERVICE_TIMEOUT_MS = 600;
/** What a loaded machine may take on top of a deadline before a test calls it missed. */
const GENEROUS_MS = 5_000;

const NAMES = Object.keys(SERVICES) as ServiceName[];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const ILLNESSES: Readonly<Record<string, readonly [illness: Illness, code: RegExp]>> = {
  down: [(response) => response.socket?.destroy(), /^SERVICE_UNAVAILABLE$/],
  hanging: [() => {}, /^(SERVICE_TIMEOUT|DEADLINE_EXCEEDED)$/],
  'failing with 500': [(response) => response.writeHead(500).end('oops'), /^SERVICE_UNAVAILABLE$/],
  'answering HTML': [(response) => response.end('<h1>Welcome</h1>'), /^SERVICE_BAD_RESPONSE$/],
  'answering another shape': [(response) => response.end('{"rows":7}'), /^SERVICE_BAD_RESPONSE$/],
};

describe.each(CLIENTS)('$client', (bff) => {
  const screens = readdirSync(`${ROOT}bffs/${bff.client}/screens`).map((file) => file.replace('.graphql', ''));
  let services: ReferenceServices;
  let running: RunningBff;
  const healthy = new Map<string, Answer>();

  beforeAll(async () => {
    services = await startReferenceServices();
    running = await startBff(bff, services.urls, {
      CIRCUIT_BREAKER: 'off',
      REQUEST_DEADLINE_MS: String(DEADLINE_MS),
      SERVICE_TIMEOUT_MS: String(SERVICE_TIMEOUT_MS),
    });
    // Healthy answers may take their time: the first requests of a process compile it.
    await using patient = await startBff(bff, services.urls);
    for (const screen of screens) healthy.set(screen, await patient.screen(screen, bff.examples[screen]));
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  });

  const groups = [...NAMES.map((name) => [name]), NAMES];
  const cases = Object.keys(ILLNESSES).flatMap((illness) => groups.map((ill) => ({ ill, illness })));

  test.each(cases)('with $ill $illness, each screen answers what it can', async ({ ill, illness }) => {
    const [makeIll, expectedCode] = ILLNESSES[illness] ?? [];
    if (!makeIll || !expectedCode) throw new Error('There is no such illness.');
    for (const name of ill) services.ill.set(name, makeIll);
    const ask = async (screen: string) => {
      const startedAt = performance.now();
      const { status, data, errors } = await running.screen(screen, bff.examples[screen]);
      expect(performance.now() - startedAt).toBeLessThan(DEADLINE_MS + GENEROUS_MS);
      expect(status).toBe(200);
      const blanked = differences(healthy.get(screen)?.data, data);
      const failed = errors.map(({ path = [] }) => path.join('.'));
      // Nothing is missing but what an error accounts for, and no error is about something that is there.
      for (const path of blanked) expect(failed.some((error) => `${error}.`.startsWith(`${path}.`))).toBe(true);
      for (const { extensions, message } of errors) {
        expect(extensions.code).toMatch(expectedCode);
        expect(ill).toContain(extensions.service);
        expect(message).not.toMatch(/127\.0\.0\.1|http|ECONN/);
      }
      if (ill.length === NAMES.length) expect(errors.length).toBeGreaterThan(0);
    };
    await Promise.all(screens.map(ask));
    services.ill.clear();
  });
});

/** Paths at which `actual` holds null in place of what `healthy` has; throws on any other difference. */
function differences(healthy: unknown, actual: unknown, path = ''): string[] {
  if (actual === null && healthy !== null) return [path];
  if (typeof healthy !== 'object' || healthy === null) {
    // The parts of pageInfo that Relay wants non-null say "no further page" when the page failed.
    if (path.endsWith('hasNextPage') && actual === false) return [];
    expect({ path, value: actual }).toEqual({ path, value: healthy });
    return [];
  }
  expect(Object.keys(actual as object)).toEqual(Object.keys(healthy));
  return Object.entries(healthy).flatMap(([name, value]) =>
    differences(value, (actual as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`),
  );
}
