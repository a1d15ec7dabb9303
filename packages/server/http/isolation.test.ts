import { moods, type Question, type Visit, visits } from '@facet/testing/internal/arbitraries.ts';
import { type Answer, type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { type FaultProxy, startFaultProxy } from '@facet/testing/internal/fault-proxy.ts';
import { watchLeftovers } from '@facet/testing/internal/leak-detector.ts';
import { markOf, marksIn, startMarkedServices } from '@facet/testing/internal/marked-services.ts';
import { REFERENCE_SERVICES as NAMES, type ReferenceService } from '@facet/testing/internal/reference-services.ts';
import { until } from '@facet/testing/internal/until.ts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ErrorCode } from '../request/errors.ts';

/** In each round: where a busy machine lets all of them run out of time, a round takes 90 s. */
const USERS = 1_000;
const ROUNDS = [1, 2, 3, 4];
/** Enough to share calls; more would keep a small machine so busy that nearly all of them run out of time. */
const AT_ONCE = 30;
/** So often one of the services becomes ill, ill of something else, or well. */
const VISITS_PER_MOOD = 20;

const SETTINGS = {
  ENTITY_CACHE_BYTES: '1000000',
  CIRCUIT_BREAKER: 'off',
  SERVICE_TIMEOUT_MS: '1000',
  REQUEST_DEADLINE_MS: '2500',
};

test.each(ROUNDS)(
  `${USERS} users, failing services, callers who leave: no answer has another user's data (%i)`,
  async () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    await using stack = new AsyncDisposableStack();
    const service = stack.use(await startMarkedServices());
    const proxies: FaultProxy[] = [];
    for (const _ of NAMES) proxies.push(stack.use(await startFaultProxy(service.url)));
    const urls = Object.fromEntries(NAMES.map((name, index) => [name, proxies[index]?.url]));
    const running = new Map<string, RunningBff>();
    for (const bff of CLIENTS) {
      running.set(bff.client, stack.use(await startBff(bff, urls as Record<ReferenceService, string>, SETTINGS)));
    }

    using leftovers = watchLeftovers();

    const violations: string[] = [];
    const seen = { gone: 0, whole: 0, failed: 0, kept: 0, readings: 0 };
    const visit = async (one: Visit, user: number) => {
      const { question, patienceMs } = one;
      const signal = AbortSignal.timeout(patienceMs);
      const answer = await ask(running.get(question.bff.client), one, markOf(user), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (!answer) {
        seen.gone += 1;
        return;
      }
      violations.push(...violationsIn(answer, question, markOf(user)).map((what) => `${question.query}: ${what}`));
      seen[answer.errors.length === 0 ? 'whole' : 'failed'] += 1;
      if (answer.headers.get('cache-control') !== 'no-store') seen.kept += 1;
      if (answer.text.includes('"readings":[')) seen.readings += 1;
    };

    const users = fc.sample(visits, { seed, numRuns: USERS }).entries();
    const changes = fc.sample(moods, { seed, numRuns: USERS / VISITS_PER_MOOD }).entries();
    let changed = Promise.resolve();
    const change = async () => {
      const { value: [index, mood] = [] } = changes.next();
      const proxy = proxies[(index ?? 0) % proxies.length];
      await proxy?.heal();
      if (mood) await proxy?.fail(mood);
    };
    const worker = async () => {
      for (const [user, one] of users) {
        if (user % VISITS_PER_MOOD === 0) {
          changed = changed.then(change);
          await changed;
        }
        await visit(one, user);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    const asksForReadings = () => service.arrived.filter(({ url }) => url.startsWith('/readings')).length;
    const hasSeenAll = () => seen.whole > USERS / 10 && seen.kept > 0 && asksForReadings() < seen.readings;
    // On a busy machine most calls run out of time. Well services and one caller at a time give the answers that are missing then.
    for (const proxy of proxies) await proxy.heal();
    for (const [index, one] of fc.sample(visits, { seed: seed + 1, numRuns: USERS }).entries()) {
      if (hasSeenAll()) break;
      await visit(one, USERS + index);
    }

    expect({ seed, violations, offences: service.offences }).toEqual({ seed, violations: [], offences: [] });
    // Refreshes in the background end a while after the last answer.
    await until(async () => (await leftovers.left()).length === 0).catch(() => {});
    expect(await leftovers.left()).toEqual([]);
    // All of it happened: answers with and without faults, callers who left, answers for everybody, and shared or kept rows.
    expect(seen.gone).toBeGreaterThan(0);
    expect(seen.whole).toBeGreaterThan(USERS / 10);
    expect(seen.failed).toBeGreaterThan(USERS / 10);
    expect(seen.kept).toBeGreaterThan(0);
    expect(asksForReadings()).toBeLessThan(seen.readings);
  },
);

/** By the screen's address or its text, as this user, with a request id of theirs. */
async function ask(
  bff: RunningBff | undefined,
  { question, byAddress, locale }: Visit,
  mark: number,
  signal: AbortSignal,
): Promise<Answer> {
  const { header: identityHeader } = question.bff.identity;
  const variables = question.variables(mark);
  const headers = {
    'content-type': 'application/json',
    'accept-language': locale,
    'x-request-id': `request-${mark}`,
    baggage: `session=${mark}`,
    [identityHeader]: `${identityHeader === 'X-Member-Id' ? 'm' : 'br'}_${mark}`,
  };
  if (byAddress && question.screen !== undefined) {
    const address = `${bff?.url}/screens/${question.screen}?${new URLSearchParams(variables)}`;
    return readAnswer(await fetch(address, { headers, signal }));
  }
  const body = JSON.stringify({ query: question.query, variables });
  return readAnswer(await fetch(`${bff?.url}/graphql`, { method: 'POST', headers, body, signal }));
}

function violationsIn({ status, headers, text, errors }: Answer, { isPublic }: Question, mark: number): string[] {
  const violations: string[] = [];
  const marks = marksIn(text);
  const foreign = marksIn(`${text} ${[...headers].join(' ')}`).filter((one) => one !== mark);
  if (foreign.length > 0) violations.push(`${mark} got something of ${foreign}: ${text}`);
  const isForAll = isPublic && errors.length === 0 && marks.length === 0;
  const caching = headers.get('cache-control') ?? '';
  if (!isForAll && caching !== 'no-store') violations.push(`${caching} on ${text}`);
  if (status !== 200) violations.push(`${status}: ${text}`);
  const unexpected = errors.filter(({ extensions }) => extensions.code === ErrorCode.InternalServerError);
  if (unexpected.length > 0) violations.push(text);
  return violations;
}
