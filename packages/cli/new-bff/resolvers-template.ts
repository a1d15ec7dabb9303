import {
  camelCase,
  type Field,
  type NamedEndpoint,
  type ObjectType,
  type Section,
  type Starter,
  upperFirst,
} from './model.ts';
import { fitted, importLine, propertyName, quoted } from './print.ts';

/** The resolvers of a new client. */
export function resolversOf(starter: Starter): string {
  const names = endpointNames(starter);
  const { sections, lookups, types } = starter;
  const nameOf = (endpoint: NamedEndpoint) => names.get(endpoint) ?? endpoint.name;
  const entries = [
    entry('Query', [
      '    start: screen(),',
      ...lookups.map(({ name, endpoint }) => `    ${name}: load(${nameOf(endpoint)}, arg('id')),`),
    ]),
    entry(
      'Start',
      sections.length === 0
        ? ["    hello: resolver({}, () => 'Hello'),"]
        : sections.map((section) => listOf(section, nameOf(section.endpoint))),
    ),
    ...types.flatMap((type) => entriesOf(type, nameOf)),
  ];
  const code = `export const resolvers = {\n${entries.join('')}} satisfies RequiredResolvers<Resolvers>;\n`;
  const used = VOCABULARY.filter((name) => code.includes(` ${name}(`));
  const imports = [
    importLine([...used, 'type RequiredResolvers'], '@facet/server'),
    ...importsOf(names),
    importLine(['Resolvers'], './schema.generated.ts', 'import type'),
  ];
  return `${imports.join('')}\n${code}`;
}

const VOCABULARY = ['arg', 'list', 'load', 'money', 'resolver', 'screen'];

const entry = (type: string, lines: readonly string[]): string => `  ${type}: {\n${lines.join('\n')}\n  },\n`;

function listOf({ name, arguments: all }: Section, endpoint: string): string {
  if (all.length === 0) return `    ${name}: list(${endpoint}),`;
  const params = all.map((each) => `${propertyName(each.parameter)}: arg(${quoted(each.name)})`);
  return fitted(`    ${name}: list(${endpoint}, {`, params, '}),', { padding: ' ' });
}

function entriesOf({ name, fields }: ObjectType, nameOf: (endpoint: NamedEndpoint) => string): string[] {
  const lines = fields.flatMap((field: Field): string[] => {
    if (field.kind === 'money') return [`    ${field.name}: money(${quoted(field.cents)}, ${quoted(field.currency)}),`];
    if (field.kind === 'property') return [];
    return [`    ${field.name}: load(${nameOf(field.endpoint)}, ${quoted(field.property)}),`];
  });
  return lines.length === 0 ? [] : [entry(name, lines)];
}

/** The endpoints that the resolvers use, with their names in the module. */
function endpointNames({ sections, lookups, types }: Starter): Map<NamedEndpoint, string> {
  const relations = types.flatMap(({ fields }) =>
    fields.flatMap((field) => (field.kind === 'relation' ? [field] : [])),
  );
  const used = [...sections, ...lookups, ...relations].map(({ endpoint }) => endpoint);
  return localNames(used);
}

/** A name for each endpoint in a module that imports all of them: its own one, unless that is taken. */
export function localNames(endpoints: readonly NamedEndpoint[]): Map<NamedEndpoint, string> {
  const names = new Map<NamedEndpoint, string>();
  const taken = new Set([...VOCABULARY, 'resolvers', 'default']);
  for (const endpoint of new Set(endpoints)) {
    const candidates = [endpoint.name, `${endpoint.name}Of${upperFirst(camelCase(endpoint.service))}`];
    const name = candidates.find((candidate) => !taken.has(candidate)) ?? `${candidates[1]}${taken.size}`;
    taken.add(name);
    names.set(endpoint, name);
  }
  return names;
}

/** The imports of endpoints, a line per service. */
export function importsOf(
  names: ReadonlyMap<NamedEndpoint, string>,
  keyword: 'import' | 'import type' = 'import',
): string[] {
  const services = Map.groupBy(names, ([{ service }]) => service);
  return [...services]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([service, imported]) =>
      importLine(
        imported.map(([{ name }, local]) => (name === local ? name : `${name} as ${local}`)),
        `../../shared/${service}/endpoints.ts`,
        keyword,
      ),
    );
}
