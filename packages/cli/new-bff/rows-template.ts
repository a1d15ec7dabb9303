import type { NamedEndpoint, ObjectType, Starter } from './model.ts';
import { importLine, quoted } from './print.ts';
import { importsOf, localNames } from './resolvers-template.ts';

/** The TypeScript types of rows that rest.generated.ts does not export by name; undefined if there are none. */
export function rowsOf({ types }: Starter): string | undefined {
  const unnamed = types.filter(({ row }) => row.of !== 'component');
  if (unnamed.length === 0) return undefined;
  const endpoints = unnamed.flatMap(({ row }) => (row.of === 'endpoint' ? [row.endpoint] : []));
  const names = localNames(endpoints);
  const parents = unnamed.flatMap(({ row }) => (row.of === 'property' ? [row.parent] : []));
  const named = types.filter((type) => type.row.of === 'component' && parents.includes(type.name));
  const imports = [
    ...(endpoints.length === 0 ? [] : [importLine(['BatchEndpoint', 'ListEndpoint'], '@facet/server', 'import type')]),
    ...importsOf(names, 'import type'),
    ...importsOfRows(named),
  ];
  const lines = unnamed.map((type) => `export type ${type.name} = ${typeScriptOf(type, names)};\n`);
  const helper = endpoints.length === 0 ? [] : [ROW_OF];
  return [imports.join(''), ...lines, ...helper].join('\n');
}

/** Imports of named rows, a line per service. */
function importsOfRows(types: readonly ObjectType[]): string[] {
  const rows = types.flatMap(({ name, row }) => (row.of === 'component' ? [{ name, service: row.service, row }] : []));
  const services = Map.groupBy(rows, ({ service }) => service);
  return [...services].map(([service, ofService]) =>
    importLine(
      ofService.map(({ name, row }) => (name === row.name ? name : `${row.name} as ${name}`)),
      `../../shared/${service}/rest.generated.ts`,
      'import type',
    ),
  );
}

const ROW_OF = `type RowOf<Endpoint> =
  Endpoint extends BatchEndpoint<infer Row>
    ? Row
    : Endpoint extends ListEndpoint<infer Row, infer _Param extends string>
      ? Row
      : never;
`;

function typeScriptOf({ row }: ObjectType, names: ReadonlyMap<NamedEndpoint, string>): string {
  if (row.of === 'endpoint') return `RowOf<typeof ${names.get(row.endpoint)}>`;
  if (row.of === 'component') return row.name;
  const value = `NonNullable<${row.parent}[${quoted(row.property)}]>`;
  return row.isList ? `NonNullable<${value}[number]>` : value;
}

/** The modules of the rows behind the schema's types, for codegen.yml. */
export function mappersOf({ types }: Starter): [type: string, module: string][] {
  return types.map(({ name, row }) => [
    name,
    row.of === 'component' ? `../../shared/${row.service}/rest.generated.ts#${row.name}` : `./rows.ts#${name}`,
  ]);
}
