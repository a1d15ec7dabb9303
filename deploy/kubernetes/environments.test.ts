import { allClients } from '@facet/cli/internal/clients.ts';
import { SettingsError } from '@facet/server/internal/command/environment.ts';
import { readSettings } from '@facet/server/internal/http/settings/settings.ts';
import { describe, expect, test } from '@jest/globals';
import type { TypeMeta } from '@kubernetes-models/base';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { ENVIRONMENTS, type Environment, type Identity } from './environments.ts';
import { manifests } from './manifests.ts';
import { documentedSecrets, documentsOf } from './testing/manifests.ts';
import { reachedBy } from './testing/reached.ts';
import { refusalsOf } from './testing/rules.ts';

const bffs = await allClients();

/** What production would be if this were different in it. */
function productionWith(change: Partial<Environment>) {
  const environments = ENVIRONMENTS.filter(({ name }) => name === 'production').map((one) => ({ ...one, ...change }));
  const objects = manifests(bffs, {}, environments).flatMap(({ content }) => documentsOf(content));
  const found = <T extends TypeMeta>(kind: T['kind'], client: string) =>
    objects.find((object) => object.kind === kind && (object as IDeployment).metadata?.name === client) as T;
  return {
    refusals: refusalsOf({ objects, secrets: documentedSecrets() }),
    variables: (client: string): Record<string, string | undefined> =>
      Object.fromEntries(
        found<IDeployment>('Deployment', client).spec?.template.spec?.containers[0]?.env?.map(({ name, value }) => [
          name,
          value,
        ]) ?? [],
      ),
    reached: (client: string) => reachedBy(found<INetworkPolicy>('NetworkPolicy', client)),
  };
}

const place = (name: string) => ({ namespace: 'elsewhere', labels: { app: name } });

describe('the port in a network policy', () => {
  test('is podPort if it is set', () => {
    const { refusals, variables, reached } = productionWith({
      service: (name) => ({ ...place(name), url: `http://${name}.elsewhere`, podPort: 8_080 }),
      collector: { ...place('collector'), url: 'http://collector.elsewhere:4318', podPort: 14_318, share: 1 },
    });
    expect(reached('web')).toEqual(
      expect.arrayContaining(['elsewhere/users:8080', 'elsewhere/catalog:8080', 'elsewhere/collector:14318']),
    );
    expect(variables('web')).toMatchObject({
      USERS_URL: 'http://users.elsewhere',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.elsewhere:4318',
    });
    expect(refusals).toEqual([]);
  });

  test.each([
    ['http://users.elsewhere', 80],
    ['https://users.elsewhere', 443],
    ['https://users.elsewhere:8443', 8_443],
  ])('defaults to the port of %s', (url, port) => {
    const { reached } = productionWith({ service: (name) => ({ ...place(name), url }) });
    expect(reached('web')).toContain(`elsewhere/users:${port}`);
  });

  test('applies to all networks outside of the cluster', () => {
    const networks = ['192.0.2.0/24', '2001:db8::/32'] as const;
    const { refusals, reached } = productionWith({ service: () => ({ networks, url: 'https://api.example.com' }) });
    expect(reached('mobile')).toEqual(expect.arrayContaining(['192.0.2.0/24:443', '2001:db8::/32:443']));
    expect(refusals).toEqual([]);
  });
});

describe('identity by token', () => {
  const identity: Identity = {
    by: 'jwt',
    jwks: { networks: ['192.0.2.7/32'], url: 'https://login.example.com/.well-known/jwks.json' },
    issuer: 'https://login.example.com',
    audience: (client) => `facet-${client}`,
  };
  const made = productionWith({ identity });

  test.each(bffs)('$client: the server verifies tokens and trusts no proxy', (bff) => {
    const variables = made.variables(bff.client);
    expect(variables).not.toHaveProperty('TRUSTED_PROXIES');
    expect(readSettings(variables, bff).identity).toEqual({
      by: 'jwt',
      jwksUrl: 'https://login.example.com/.well-known/jwks.json',
      issuer: 'https://login.example.com',
      audience: `facet-${bff.client}`,
      claim: 'sub',
      type: 'auto',
      maxLifetimeS: 172_800,
    });
  });

  test.each(bffs)('$client: the pods may fetch the keys', ({ client }) => {
    expect(made.reached(client)).toContain('192.0.2.7/32:443');
  });

  test('the settings are valid', () => {
    expect(made.refusals).toEqual([]);
  });

  test('the claim may differ per client, and the issuer may be a pod', () => {
    const claim = (client: string) => (client === 'partner' ? 'partner_id' : 'sub');
    const jwks = { ...place('login'), url: 'https://login.elsewhere/jwks' as const, podPort: 8_443 };
    const { variables, reached } = productionWith({ identity: { ...identity, jwks, claim } });
    for (const bff of bffs) {
      const expected = bff.client === 'partner' ? 'partner_id' : 'sub';
      expect(readSettings(variables(bff.client), bff).identity).toMatchObject({ claim: expected });
    }
    expect(reached('web')).toContain('elsewhere/login:8443');
  });

  test('missing settings stop the server', () => {
    const { variables } = productionWith({ identity: { ...identity, audience: () => '' } });
    expect(() => readSettings(variables('web'), { port: 0, services: {} })).toThrow(SettingsError);
  });
});

test('the identity header is trusted from all configured networks', () => {
  const { variables, reached } = productionWith({
    identity: { by: 'header', trustedProxies: ['10.10.0.0/24', 'fd00:10::/64'] },
  });
  expect(variables('web')).toMatchObject({ TRUSTED_PROXIES: '10.10.0.0/24,fd00:10::/64' });
  expect(variables('web')).not.toHaveProperty('IDENTITY');
  expect(reached('web')).not.toContain('192.0.2.7/32:443');
});
