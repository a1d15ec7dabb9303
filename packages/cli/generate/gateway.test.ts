import { defineBff } from '@facet/server';
import { expect, test } from '@jest/globals';
import { gatewayRegions } from './gateway.ts';

const bff = (client: string, header: string) =>
  defineBff({
    client,
    port: 4_000,
    identity: { header, exampleId: '1' },
    services: {},
    schema: 'type Query { ok: Boolean }',
    resolvers: { Query: { ok: () => true } },
  });

const BFFS = [bff('web', 'X-User-Id'), bff('shop', 'X-Store-Id'), bff('app', 'x-user-id')];
const region = (name: string) => `# generated from bffs/ (npm run generate): ${name}\n# end of ${name}\n`;

test('the gateway removes and sets the header of each client, for tokens of its own audience', () => {
  const text = ['removed headers', 'routes', 'audiences', 'identity headers'].map(region).join('');
  expect(gatewayRegions(text, BFFS)).toEqual({
    'removed headers': '  http-request del-header X-User-Id\n  http-request del-header X-Store-Id',
    routes: [
      '  acl host_names_client  req.hdr(host),lower,field(1,.) -m str web shop app',
      '  acl path_names_client  path,field(2,/) -m str web shop app',
      '  acl is_stores          var(txn.client) -m str shop',
    ].join('\n'),
    audiences: [
      '.if !defined(JWT_AUDIENCE_USERS)',
      '  .alert "JWT_AUDIENCE_USERS must be set."',
      '.endif',
      `  http-request set-var(txn.problem,ifnotexists) 'str("The token has a different audience.")' if { var(txn.client) -m str web app } !{ var(txn.aud) -m str "\${JWT_AUDIENCE_USERS}" }`,
      '.if !defined(JWT_AUDIENCE_STORES)',
      '  .alert "JWT_AUDIENCE_STORES must be set."',
      '.endif',
      `.if streq("\${JWT_AUDIENCE_STORES}","\${JWT_AUDIENCE_USERS}")`,
      '  .alert "JWT_AUDIENCE_USERS and JWT_AUDIENCE_STORES must differ: otherwise tokens for users would be valid for stores."',
      '.endif',
      `  http-request set-var(txn.problem,ifnotexists) 'str("The token has a different audience.")' if { var(txn.client) -m str shop } !{ var(txn.aud) -m str "\${JWT_AUDIENCE_STORES}" }`,
    ].join('\n'),
    'identity headers': [
      '  http-request set-header X-User-Id %[var(txn.sub)] if !is_preflight { var(txn.client) -m str web app }',
      '  http-request set-header X-Store-Id %[var(txn.sub)] if !is_preflight { var(txn.client) -m str shop }',
    ].join('\n'),
  });
});

test('callers without a client stay defined, because other lines may refer to them', () => {
  const text = '  acl is_partners        var(txn.client) -m str partner\n  acl is_signed var(txn.verified) -m int 1\n';
  expect(gatewayRegions(text, BFFS)).toEqual({
    routes: expect.stringMatching(/-m str shop\n {2}acl is_partners {8}always_false$/),
  });
});
