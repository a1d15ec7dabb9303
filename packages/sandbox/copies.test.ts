import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { asCode, asCurl, asUrl, type ScreenRequest } from './page/screens/copies.ts';

const request: ScreenRequest = {
  client: 'web',
  name: 'LoanPage',
  text: "query LoanPage($id: ID!) { loan(id: $id) { id } } # Ada's",
  variables: { id: "o'7 $(x)", more: { 'a-b': [1, 'two "2"'] }, none: null },
  base: 'https://dev.example.com/web/',
  paths: { graphql: './graphql', screens: './screens' },
};

test('asCurl quotes for a shell', () => {
  const script = `curl() { printf '%s\\n' "$@"; }\n${asCurl(request, ['X-Member-Id', 'm_42'])}`;
  const [silent, url, , type, , identity, , body = ''] = execFileSync('sh', ['-c', script]).toString().split('\n');
  expect({ silent, url, type, identity }).toEqual({
    silent: '-s',
    url: 'https://dev.example.com/web/graphql',
    type: 'Content-Type: application/json',
    identity: 'X-Member-Id: m_42',
  });
  expect(JSON.parse(body)).toEqual({ query: request.text, variables: request.variables });
});

test('asUrl is relative to the page and omits null variables', () => {
  const url = new URL(asUrl(request));
  expect(url.origin + url.pathname).toBe('https://dev.example.com/web/screens/LoanPage');
  expect(Object.fromEntries(url.searchParams)).toEqual({ id: "o'7 $(x)", more: '{"a-b":[1,"two \\"2\\""]}' });
});

describe('code', () => {
  test('imports the document of the client’s package', () => {
    expect(asCode({ ...request, variables: { id: 'l_7' } })).toBe(
      `import { LoanPageDocument } from '@facet/web-client';
import { useQuery } from 'urql';

const [{ data, error, fetching }] = useQuery({ query: LoanPageDocument, variables: { id: 'l_7' } });
`,
    );
    expect(asCode({ ...request, variables: {} })).toContain('useQuery({ query: LoanPageDocument });');
  });

  test('contains the variables as literals', () => {
    const [, text = ''] = /variables: (.*) }\);/.exec(asCode(request)) ?? [];
    expect(new Function(`return ${text}`)()).toEqual(request.variables);
  });
});
