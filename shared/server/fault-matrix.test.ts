import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type RunningBff, startBff } from '../../testing/bff.ts';
import { CLIENTS } from '../../testing/clients.ts';
import { type FaultProxy, startFaultProxy } from '../../testing/fault-proxy.ts';
import { DEADLINE, FAULTS, type Fault, TIMEOUT } from '../../testing/faults.ts';
import { type Leftovers, watchLeftovers } from '../../testing/leftovers.ts';
import { type ReferenceServices, startReferenceServices } from '../../testing/reference-services.ts';
import { createReliabilityReport } from '../../testing/reliability-report.ts';
import { until } from '../../testing/until.ts';
import { REFERENCE_SERVICES as NAMES, type ReferenceService } from '../../tools/reference-services.ts';

/** For faults that only time ends: time enough for two waves of calls of which each one hangs. */
const IMPATIENT = { serviceTimeoutMs: 500, deadlineMs: 3_000 };
/** For what the deadline ends, long before a service's time is over. */
const HURRIED = { serviceTimeoutMs: 60_000, deadlineMs: 2_500 };
/** For all others, which a loaded machine must not turn into timeouts. */
const PATIENT = { serviceTimeoutMs: 20_000, deadlineMs: 50_000 };
/** What a loaded machine may take on top of a deadline before a test calls it missed. */
const GENEROUS_MS = 5_000;

const SEVERAL = [...NAMES.flatMap((one, index) => NAMES.slice(index + 1).map((other) => [one, other])), NAMES];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CASES = [
  ...FAULTS.flatMap((fault) => NAMES.map((name) => ({ fault, ill: [name] }))),
  ...FAULTS.filter(({ isMain }) => isMain).flatMap((fault) => SEVERAL.map((ill) => ({ fault, ill }))),
].map((one) => ({ ...one, name: `${one.ill.join(' and ')}: ${one.fault.name}` }));

const report = createReliabilityReport(`${ROOT}docs/reliability.md`, FAULTS, CLIENTS.length * CASES.length);
afterAll(() => report.write());

describe.each(CLIENTS)('$client', (bff) => {
  const screens = readdirSync(`${ROOT}bffs/${bff.client}/screens`).map((file) => file.replace('.graphql', ''));
  const healthy = new Map<string, Answer>();
  /** Paths, without the numbers of list items, that hold what a service gave; by screen and service. */
  const partsOf = new Map<string, readonly string[]>();
  let services: ReferenceServices;
  let proxies: Record<ReferenceService, FaultProxy>;
  let patient: RunningBff;
  let impatient: RunningBff;
  let hurried: RunningBff;
  let leftovers: Leftovers;

  beforeAll(async () => {
    services = await startReferenceServices();
    const started = NAMES.map(async (name) => [name, await startFaultProxy(services.urls[name])] as const);
    proxies = Object.fromEntries(await Promise.all(started)) as Record<ReferenceService, FaultProxy>;
    const urls = Object.fromEntries(NAMES.map((name) => [name, proxies[name].url])) as Record<ReferenceService, string>;
    const start = ({ serviceTimeoutMs, deadlineMs }: typeof PATIENT) =>
      startBff(bff, urls, {
        CIRCUIT_BREAKER: 'off',
        REQUEST_DEADLINE_MS: String(deadlineMs),
        SERVICE_TIMEOUT_MS: String(serviceTimeoutMs),
      });
    [patient, impatient, hurried] = await Promise.all([start(PATIENT), start(IMPATIENT), start(HURRIED)]);
    for (const screen of screens) {
      const before = services.arrived.length;
      healthy.set(screen, await patient.screen(screen, bff.examples[screen]));
      const asked = new Set(services.arrived.slice(before).map(({ service }) => service));
      for (const name of asked) {
        await proxies[name].fail((_, response) => response.writeHead(500).end());
        const { data } = await patient.screen(screen, bff.examples[screen]);
        await proxies[name].heal();
        partsOf.set(`${screen} ${name}`, differences(healthy.get(screen)?.data, data).map(withoutNumbers));
      }
    }
    leftovers = watchLeftovers();
  });

  afterAll(async () => {
    leftovers[Symbol.dispose]();
    await Promise.all([patient, impatient, hurried].map((running) => running[Symbol.asyncDispose]()));
    // What they held open at the services, they have let go.
    await until(async () =>
      (await Promise.all(NAMES.map((name) => proxies[name].connections()))).every((n) => n === 0),
    );
    for (const name of NAMES) await proxies[name][Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  });

  afterEach(() => Promise.all(NAMES.map((name) => proxies[name].heal())));

  test.each(CASES)('$name', async ({ fault, ill }) => {
    const [running, { deadlineMs }] = serverFor(fault);
    for (const name of ill) await proxies[name].fail(fault.inflict);
    const outcomes = await Promise.all(
      screens.map(async (screen) => {
        const startedAt = performance.now();
        const answer = await running.screen(screen, bff.examples[screen]);
        expect(performance.now() - startedAt).toBeLessThan(deadlineMs + GENEROUS_MS);
        expectTold(screen, fault, ill, answer);
        return { screen, answer };
      }),
    );
    // Nothing goes on for an answer that has left: no call, no place in a queue, no exchange at a service.
    await until(() => NAMES.every((name) => running.load(name).underWay + running.load(name).waiting === 0));
    await until(() => NAMES.every((name) => proxies[name].open === 0));
    expect(await leftovers.left()).toEqual([]);
    for (const name of ill) await proxies[name].heal();
    for (const { screen, answer } of outcomes) {
      const again = await running.screen(screen, bff.examples[screen]);
      expect({ screen, data: again.data, errors: again.errors }).toEqual({
        screen,
        data: healthy.get(screen)?.data,
        errors: [],
      });
      const codes = answer.errors.map(({ path = [], extensions }) => ({ path: path.join('.'), code: extensions.code }));
      report.note({ client: bff.client, screen, ill, fault, errors: codes, isSame: answer.text === again.text });
    }
  });

  function serverFor({ code }: Fault): [RunningBff, typeof PATIENT] {
    if (code === TIMEOUT) return [impatient, IMPATIENT];
    return code === DEADLINE ? [hurried, HURRIED] : [patient, PATIENT];
  }

  /** A valid answer that lacks what the ill services would have given and nothing else, and says why. */
  function expectTold(screen: string, fault: Fault, ill: readonly string[], { status, data, errors }: Answer): void {
    expect(status).toBe(200);
    const parts = ill.flatMap((name) => partsOf.get(`${screen} ${name}`) ?? []);
    const failed = errors.map(({ path = [] }) => path.join('.'));
    for (const path of differences(healthy.get(screen)?.data, data)) {
      // Not in a part that a healthy service gave.
      // What says whether there is more is of the service that gave the edges.
      const owner = withoutNumbers(path).replace(/pageInfo\.hasNextPage$/, 'edges');
      const isTheirs = parts.some((part) => `${owner}.`.startsWith(`${part}.`));
      expect({ screen, path, isTheirs }).toEqual({ screen, path, isTheirs: true });
      // Where no rows are an answer too, they may lack; else each missing part has its error.
      const isTold = fault.mayLackRows || failed.some((error) => `${error}.`.startsWith(`${path}.`));
      expect({ screen, path, isTold }).toEqual({ screen, path, isTold: true });
    }
    for (const { extensions, message } of errors) {
      expect(extensions.code).toMatch(fault.code ?? /^no error$/);
      if (!fault.isFoundInRow || extensions.service !== undefined) expect(ill).toContain(extensions.service);
      expect(message).not.toMatch(/127\.0\.0\.1|http|ECONN/);
    }
    if (fault.alwaysFails && parts.length > 0) expect(errors.length).toBeGreaterThan(0);
  }
});

const withoutNumbers = (path: string): string => path.replaceAll(/\.\d+/g, '.*');

/** Where `actual` is not what it is when all is well: a null, another value, or a list of other items. */
function differences(healthy: unknown, actual: unknown, path = ''): string[] {
  if (typeof healthy !== 'object' || healthy === null || actual === null) {
    return Object.is(healthy, actual) || isNoFurtherPage(path, actual) ? [] : [path];
  }
  if (Array.isArray(healthy) && (!Array.isArray(actual) || healthy.length !== actual.length)) return [path];
  expect(Object.keys(actual as object)).toEqual(Object.keys(healthy));
  return Object.entries(healthy).flatMap(([name, value]) =>
    differences(value, (actual as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`),
  );
}

/** The parts of pageInfo that Relay wants non-null say "no further page" when the page failed. */
function isNoFurtherPage(path: string, actual: unknown): boolean {
  return path.endsWith('hasNextPage') && actual === false;
}
