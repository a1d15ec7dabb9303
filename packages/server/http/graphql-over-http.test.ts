import { startBff } from '@facet/testing/internal/bff.ts';
import { CLIENTS } from '@facet/testing/internal/clients.ts';
import { describe, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';

const NOWHERE = { members: 'http://127.0.0.1:1', loans: 'http://127.0.0.1:1', library: 'http://127.0.0.1:1' };

describe.each(CLIENTS)('the audit suite of graphql-http on $client', (bff) => {
  test('reports no error and no warning', async () => {
    await using running = await startBff(bff, NOWHERE);
    const audits = serverAudits({
      url: `${running.url}/graphql`,
      // What our callers have to send anyway: who they are, and that a GET is no cross-site one.
      fetchFn: (url: string, init: RequestInit = {}) =>
        fetch(url, {
          ...init,
          headers: { ...init.headers, [bff.identity.header]: bff.identity.exampleId, 'apollo-require-preflight': '1' },
        }),
    });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const poor = results.filter(({ status }) => status === 'error' || status === 'warn');
    expect(poor.map((result) => `${result.id} ${result.name}: ${'reason' in result ? result.reason : ''}`)).toEqual([]);
    expect(results.filter(({ status }) => status === 'ok').length).toBeGreaterThan(50);
  });
});
