import { readAnswer, startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { type ReferenceServices, startReferenceServices } from '@facet/testing/internal/reference-services.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SandboxConfig } from './sandbox/protocol.ts';

let services: ReferenceServices;
beforeAll(async () => {
  services = await startReferenceServices();
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
});

describe.each(CLIENTS)('$client', (bff) => {
  test('shows its sandbox with its own screens, from this server alone', async () => {
    await using running = await startBff(bff, services.urls);
    const page = await fetch(`${running.url}/`);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch('text/html');
    const loaded = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, address = '']) => address);
    expect(loaded.filter((address) => !address.startsWith('./') && !address.startsWith('data:'))).toEqual([]);
    for (const address of loaded.filter((one) => one.startsWith('./'))) {
      expect((await fetch(new URL(address, page.url))).status).toBe(200);
    }
    const config = (await (await fetch(`${running.url}/sandbox/config.json`)).json()) as SandboxConfig;
    expect(config).toMatchObject({
      client: bff.client,
      identityHeader: bff.identity.header,
      exampleId: bff.identity.exampleId,
    });
    for (const { text, variables } of config.screens) {
      expect((await running.query(text, { ...variables })).errors).toEqual([]);
    }
    expect(config.screens.length).toBeGreaterThan(0);
  });

  const introspection = '{ __schema { queryType { name } } }';

  test('in production has no sandbox, and introspection only where the schema is public', async () => {
    await using running = await startBff(bff, services.urls, { NODE_ENV: 'production', DOCUMENTS: 'open' });
    expect((await fetch(`${running.url}/`)).status).toBe(404);
    expect((await fetch(`${running.url}/sandbox/config.json`)).status).toBe(404);
    const answer = await running.query(introspection);
    if (bff.client === 'partner') expect(answer.data.__schema.queryType.name).toBe('Query');
    else expect(answer.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('can be switched otherwise', async () => {
    await using on = await startBff(bff, services.urls, {
      NODE_ENV: 'production',
      SANDBOX: 'on',
      INTROSPECTION: 'on',
      DOCUMENTS: 'open',
    });
    expect((await fetch(`${on.url}/`)).status).toBe(200);
    expect((await on.query(introspection)).errors).toEqual([]);
    await using off = await startBff(bff, services.urls, { SANDBOX: 'off', INTROSPECTION: 'off' });
    expect((await fetch(`${off.url}/`)).status).toBe(404);
    expect((await off.query(introspection)).errors).toHaveLength(1);
    const [error] = (await off.query('{ nodee }')).errors;
    expect(error?.message).not.toMatch(/did you mean/i);
  });

  test('lets the allowed origins in, and no other', async () => {
    const ours = 'https://app.example.com';
    await using running = await startBff(bff, services.urls, { ALLOWED_ORIGINS: `${ours},https://b.example.com` });
    const preflight = (origin: string) =>
      fetch(`${running.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    expect((await preflight(ours)).headers.get('access-control-allow-origin')).toBe(ours);
    expect((await preflight('https://evil.example.com')).headers.get('access-control-allow-origin')).toBeNull();
    await using closed = await startBff(bff, services.urls);
    const answer = await closed.query('{ __typename }', {}, { origin: ours });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('says that it lives and is ready, with no identity and at these paths only', async () => {
    await using running = await startBff(bff, services.urls);
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
    expect((await readAnswer(await fetch(`${running.url}/x/healthz`))).status).toBe(404);
  });
});
