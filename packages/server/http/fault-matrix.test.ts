import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Answer, type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { type FaultProxy, startFaultProxy } from '@facet/testing/internal/fault-proxy.ts';
import { DEADLINE, FAULTS, type Fault, MEGABYTE, TIMEOUT } from '@facet/testing/internal/faults.ts';
import { type Leftovers, watchLeftovers } from '@facet/testing/internal/leak-detector.ts';
import {
  REFERENCE_SERVICES as NAMES,
  type ReferenceService,
  type ReferenceServices,
  startReferenceServices,
} from '@facet/testing/internal/reference-services.ts';
import { createReliabilityReport } from '@facet/testing/internal/reliability-report.ts';
import { setAt } from '@facet/testing/internal/set-at.ts';
import { until } from '@facet/testing/internal/until.ts';
import { watchPatterns } from '@facet/testing/internal/watch-patterns.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

/** For faults that only time ends: time enough for two waves of calls of which each one hangs. */
const IMPATIENT = { serviceTimeoutMs: 2_000, deadlineMs: 50_000 };
/** For what the deadline ends, long before a service's time is over. */
const HURRIED = { serviceTimeoutMs: 60_000, deadlineMs: 5_000 };
/** For all others, which a loaded machine must not turn into timeouts. */
const PATIENT = { serviceTimeoutMs: 20_000, deadlineMs: 50_000 };
/** Longest text that a regular expression may be given, and longest line of a log: as long as all headers of an answer. */
const LONGEST_TEXT = 16_384;

const SEVERAL = [...NAMES.flatMap((one, index) => NAMES.slice(index + 1).map((other) => [one, other])), NAMES];

import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CASES = [
  ...FAULTS.flatMap((fault) => NAMES.map((name) => ({ fault, ill: [name] }))),
  ...FAULTS.filter(({ isMain }) => isMain).flatMap((fault) => SEVERAL.map((ill) => ({ fault, ill }))),
].map((one) => ({ ...one, name: `${one.ill.join(' and ')}: ${one.fault.name}` }));

const report = createReliabilityReport(FAULTS);

describe.each(CLIENTS)('$client', (bff) => {
  const screens = readdirSync(`${FIXTURE}bffs/${bff.client}/screens`).map((file) => file.replace('.graphql', ''));
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
        const lacking = differences(healthy.get(screen)?.data, data).filter((path) => !isNoFurtherPage(path, data));
        partsOf.set(`${screen} ${name}`, [...new Set(lacking.map(withoutNumbers))]);
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
    const running = serverFor(fault);
    const loggedBefore = running.logged.length;
    for (const name of ill) await proxies[name].fail(fault.inflict);
    using watched = watchPatterns();
    const outcomes = await Promise.all(
      screens.map(async (screen) => {
        const answer = await running.screen(screen, bff.examples[screen]);
        expectTold(screen, fault, ill, answer);
        return { screen, answer };
      }),
    );
    // Nothing goes on for an answer that has left: no call, no place in a queue, no exchange at a service.
    await until(() => NAMES.every((name) => running.load(name).underWay + running.load(name).waiting === 0));
    await until(() => NAMES.every((name) => proxies[name].open === 0));
    expect(await leftovers.left()).toEqual([]);
    expect(watched.longest).toBeLessThanOrEqual(LONGEST_TEXT);
    const lines = running.logged.slice(loggedBefore).map((line) => JSON.stringify(line));
    expect(lines.filter(({ length }) => length > LONGEST_TEXT)).toEqual([]);
    for (const name of ill) await proxies[name].heal();
    for (const { screen, answer } of outcomes) {
      const again = await running.screen(screen, bff.examples[screen]);
      expect({ screen, data: again.data, errors: again.errors }).toEqual({
        screen,
        data: healthy.get(screen)?.data,
        errors: [],
      });
      const codes = answer.errors.map(({ path = [], extensions }) => ({ path: path.join('.'), code: extensions.code }));
      const data = answer.text === again.text ? 'same' : hasLongText(answer.data) ? 'long text' : 'other rows';
      report.note({ client: bff.client, screen, ill, fault, errors: codes, data });
    }
  });

  function serverFor({ code }: Fault): RunningBff {
    if (code === TIMEOUT) return impatient;
    return code === DEADLINE ? hurried : patient;
  }

  /**
   * The healthy answer, but for nulls in place of what the ill services would have given, and errors that say why. A list is compared
   * with what the fault makes of its items.
   */
  function expectTold(screen: string, fault: Fault, ill: readonly string[], { status, data, errors }: Answer): void {
    expect(status).toBe(200);
    const parts = ill.flatMap((name) => partsOf.get(`${screen} ${name}`) ?? []);
    const failed = errors.map(({ path = [] }) => path.join('.'));
    const expected = withLists(healthy.get(screen)?.data, data, parts, fault);
    for (const path of differences(expected, data)) {
      // Not in a part that a healthy service gave.
      // What says whether there is more is of the service that gave the edges.
      const owner = withoutNumbers(path).replace(/pageInfo\.hasNextPage$/, 'edges');
      const isTheirs = parts.some((part) => `${owner}.`.startsWith(`${part}.`));
      expect({ screen, path, isTheirs }).toEqual({ screen, path, isTheirs: true });
      const value = valueAt(data, path);
      if (fault.passesOn && typeof value === 'string' && value.length >= MEGABYTE) continue;
      // Another value than the healthy one would be that of another row.
      if (!isNoFurtherPage(path, data)) expect({ screen, path, value }).toEqual({ screen, path, value: null });
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

function hasLongText(value: unknown): boolean {
  if (typeof value === 'string') return value.length >= MEGABYTE;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLongText);
}

const withoutNumbers = (path: string): string => path.replaceAll(/\.\d+/g, '.*');

/** Where `actual` is not as expected: a null, another value, or a list of another length. */
function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (typeof expected !== 'object' || expected === null || actual === null) {
    return Object.is(expected, actual) ? [] : [path];
  }
  if (Array.isArray(expected) && (!Array.isArray(actual) || expected.length !== actual.length)) return [path];
  expect(Object.keys(actual as object)).toEqual(Object.keys(expected));
  return Object.entries(expected).flatMap(([name, value]) =>
    differences(value, (actual as Record<string, unknown>)[name], path === '' ? name : `${path}.${name}`),
  );
}

/** The healthy data with what the fault makes of the ill services' lists. A page has as many items as were asked for at most. */
function withLists(healthy: unknown, actual: unknown, parts: readonly string[], { list }: Fault): unknown {
  const expected: unknown = structuredClone(healthy);
  for (const part of parts) {
    const items = valueAt(expected, part);
    const given = valueAt(actual, part);
    if (!Array.isArray(items) || !Array.isArray(given)) continue;
    const changed = list(items);
    const length = Math.max(given.length, Math.min(items.length, changed.length));
    setAt(expected, part, changed.slice(0, length));
    if (!part.endsWith('edges')) continue;
    const hasNext = part.replace(/edges$/, 'pageInfo.hasNextPage');
    setAt(expected, hasNext, valueAt(expected, hasNext) || changed.length > length);
    const cursor = valueAt(expected, `${part}.${Math.min(length, changed.length) - 1}.cursor`);
    setAt(expected, part.replace(/edges$/, 'pageInfo.endCursor'), cursor ?? null);
  }
  return expected;
}

function valueAt(data: unknown, path: string): unknown {
  return path.split('.').reduce((value: unknown, name) => Object(value)[name], data);
}

/** The parts of pageInfo that Relay wants non-null say "no further page" when the page failed. */
function isNoFurtherPage(path: string, data: unknown): boolean {
  if (!path.endsWith('pageInfo.hasNextPage') || valueAt(data, path) !== false) return false;
  return valueAt(data, path.replace(/pageInfo\.hasNextPage$/, 'edges')) === null;
}

test('docs/reference/faults.md is what the matrix found; npm run generate:reliability writes it', () => {
  expect(report.noted).toBe(CLIENTS.length * CASES.length);
  const file = `${ROOT}docs/reference/faults.md`;
  if (process.env['WRITE_RELIABILITY']) writeFileSync(file, report.text());
  expect(readFileSync(file, 'utf8')).toBe(report.text());
});
