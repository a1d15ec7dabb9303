import type { Bff } from '@facet/server/internal/http/bff.ts';
import { type CallerGroup, callerGroups, DEFAULT_IDENTITY_HEADER } from '../identities.ts';
import { hasRegion } from './regions.ts';

/**
 * The regions of the gateway's configuration that follow from the clients, by name. `routes` is required. A configuration without the
 * others sets the identity headers by itself.
 */
export function gatewayRegions(text: string, bffs: readonly Bff[]): Record<string, string> {
  const groups = callerGroups(bffs);
  const regions = {
    'removed headers': groups.map(({ header }) => `  http-request del-header ${header}`),
    routes: routesOf(text, bffs, groups),
    audiences: groups.flatMap(audienceOf),
    'identity headers': groups.map(
      (group) => `  http-request set-header ${group.header} %[var(txn.sub)] if !is_preflight ${clientIs(group)}`,
    ),
  };
  const present = Object.entries(regions).filter(([name]) => name === 'routes' || hasRegion(text, name));
  return Object.fromEntries(present.map(([name, lines]) => [name, lines.join('\n')]));
}

/** The hosts and paths that lead to each backend, and the callers other than users. */
function routesOf(text: string, bffs: readonly Bff[], groups: readonly CallerGroup[]): string[] {
  const names = bffs.map(({ client }) => client).join(' ');
  const others = groups.filter(({ header }) => header.toLowerCase() !== DEFAULT_IDENTITY_HEADER.toLowerCase());
  const present = others.map(({ name }) => `is_${name}`);
  return [
    acl('host_names_client', `req.hdr(host),lower,field(1,.) -m str ${names}`),
    acl('path_names_client', `path,field(2,/) -m str ${names}`),
    ...others.map(({ name, clients }) => acl(`is_${name}`, `var(txn.client) -m str ${clients.join(' ')}`)),
    // The rest of the configuration may refer to callers that have no clients any more.
    ...groupsIn(text).flatMap((name) => (present.includes(name) ? [] : [acl(name, 'always_false')])),
  ];
}

const acl = (name: string, condition: string): string => `  acl ${name.padEnd(18)} ${condition}`;

/** The names of caller groups that an earlier generation defined. */
function groupsIn(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim().split(/ +/));
  const isGroup = ([keyword, name = '', condition, ...values]: readonly string[]) =>
    keyword === 'acl' &&
    name.startsWith('is_') &&
    (condition === 'always_false' || (condition === 'var(txn.client)' && values[1] === 'str'));
  return lines.filter(isGroup).map(([, name = '']) => name);
}

/** A token is valid only for clients of its own audience. No two groups have the same one. */
function audienceOf(group: CallerGroup, index: number, groups: readonly CallerGroup[]): string[] {
  const { setting } = group;
  return [
    ...alertIf(`!defined(${setting})`, `${setting} must be set.`),
    ...groups
      .slice(0, index)
      .flatMap((other) =>
        alertIf(
          `streq("\${${setting}}","\${${other.setting}}")`,
          `${other.setting} and ${setting} must differ: otherwise tokens for ${other.name} would be valid for ${group.name}.`,
        ),
      ),
    `  http-request set-var(txn.problem,ifnotexists) 'str("The token has a different audience.")' if ${clientIs(group)} !{ var(txn.aud) -m str "\${${setting}}" }`,
  ];
}

const alertIf = (condition: string, message: string): string[] => [
  `.if ${condition}`,
  `  .alert "${message}"`,
  '.endif',
];

const clientIs = ({ clients }: CallerGroup): string => `{ var(txn.client) -m str ${clients.join(' ')} }`;
