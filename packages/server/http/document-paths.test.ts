import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type RunningBff, readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { FIXTURE } from '@facet/testing/internal/fixture/root.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';

describe.each(
  CLIENTS.flatMap((bff) => ['0', '10000000'].map((cacheBytes) => ({ bff, client: bff.client, cacheBytes }))),
)('$client with $cacheBytes bytes of cache', ({ bff, cacheBytes }) => {
  const folder = `${FIXTURE}bffs/${bff.client}/screens`;
  const screens = readdirSync(folder).map((file) => ({
    name: file.replace('.graphql', ''),
    text: readFileSync(`${folder}/${file}`, 'utf8'),
  }));
  const caller = { [bff.identity.header]: bff.identity.exampleId, 'x-request-id': 'same' };
  let services: ReferenceServices;
  let running: RunningBff;
  beforeAll(async () => {
    services = await startReferenceServices();
    running = await startBff(bff, services.urls, { ENTITY_CACHE_BYTES: cacheBytes, CIRCUIT_BREAKER: 'off' });
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await services[Symbol.asyncDispose]();
  });

  // Time stands still, so that Cache-Control says the same for two responses to the same request.
  beforeEach(() => {
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Body, status and headers, less those that tell of time. */
  const ask = async (body: object, accept: string) => {
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...caller },
      body: JSON.stringify(body),
    });
    const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'server-timing');
    return { status: response.status, headers, body: await response.text() };
  };

  test.each(screens)('$name is the same by its text, by its hash, and through Apollo', async ({ name, text }) => {
    const sha256Hash = createHash('sha256').update(text).digest('hex');
    const requests = [
      { healthy: true, variables: bff.examples[name] },
      { healthy: false, variables: bff.examples[name] },
      { healthy: true, variables: { first: 0, id: ['x'] } },
      { healthy: true, variables: { first: 'x', id: 7 } },
    ];
    for (const { healthy, variables } of requests) {
      for (const service of ['loans', 'library'] as const) {
        if (!healthy) services.ill.set(service, (response) => response.writeHead(500).end());
      }
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        // A comment at the end changes nothing but that the text is no registered one.
        const through = await ask({ query: `${text}#`, variables }, accept);
        expect(await ask({ query: text, variables }, accept)).toEqual(through);
        expect(await ask({ query: text, variables, operationName: name }, accept)).toEqual(through);
        expect(await ask({ extensions: { persistedQuery: { version: 1, sha256Hash } }, variables }, accept)).toEqual(
          through,
        );
      }
      services.ill.clear();
    }
    expect(await ask({ query: text, variables: {}, operationName: 'Other' }, 'application/json')).toMatchObject({
      body: expect.stringContaining('OPERATION_RESOLUTION_FAILURE'),
    });
  });

  test.each(screens)('GET /screens/$name answers the same data', async ({ name }) => {
    const variables = bff.examples[name] ?? {};
    const search = new URLSearchParams(Object.entries(variables).map(([key, value]) => [key, String(value)]));
    const answer = await readAnswer(await fetch(`${running.url}/screens/${name}?${search}`, { headers: caller }));
    const posted = await running.screen(name, variables);
    expect(answer).toMatchObject({ status: 200, errors: [] });
    expect(answer.text).toBe(posted.text);
  });

  test('GET /screens refuses whom it does not know, and what it has not', async () => {
    const screen = `${running.url}/screens/${screens[0]?.name}`;
    expect((await fetch(screen)).status).toBe(401);
    const unknown = await readAnswer(await fetch(`${running.url}/screens/Nothing`, { headers: caller }));
    expect(unknown).toMatchObject({ status: 404, errors: [{ extensions: { code: 'SCREEN_NOT_FOUND' } }] });
    const list = screens.find(({ text }) => text.includes('$first'));
    const wrong = await readAnswer(await fetch(`${running.url}/screens/${list?.name}?first=many`, { headers: caller }));
    expect(wrong.errors[0]?.message).toContain('$first');
    expect(wrong.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
