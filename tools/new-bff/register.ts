import { readFileSync } from 'node:fs';
import type { NewFile } from './template.ts';
import type { Wish } from './wish.ts';

/** The project's own files that have to know of a new client, as they are then. */
export function registrations(root: string, { client }: Wish): NewFile[] {
  return [
    edited(
      root,
      'package.json',
      /(\n {4}"start:[\w-]+": "node bffs\/[^\n]*)(?![\s\S]*"start:[\w-]+": "node bffs)/,
      (line) => `${line}\n    "start:${client}": "node bffs/${client}/main.ts",`,
    ),
    edited(root, 'codegen.yml', /\nconfig:\n/, (line) => `${codegenOf(client)}${line}`),
    edited(root, 'CODEOWNERS', /\n$/, (end) => `\n${ownersOf(client)}${end}`),
  ];
}

function edited(root: string, path: string, place: RegExp, replace: (found: string) => string): NewFile {
  const text = readFileSync(root + path, 'utf8');
  if (!place.test(text)) throw new Error(`${path} is not as it was made: its place for a new client cannot be found.`);
  return { path, content: text.replace(place, replace) };
}

function codegenOf(client: string): string {
  return `
  bffs/${client}/schema.generated.ts:
    schema: schemas/${client}.graphql
    plugins: [typescript, typescript-resolvers]
    config:
      mappers:
        Start: ../../shared/graphql/fields/resolver.ts#Screen
        Order: ../../shared/downstream/rest/orders.generated.ts#Order
        Promo: ../../shared/downstream/rest/catalog.generated.ts#Promo`;
}

function ownersOf(client: string): string {
  const folder = `/bffs/${client}/`.padEnd(25);
  return `${folder} @facet/${client}\n${`/schemas/${client}.graphql`.padEnd(25)} @facet/${client}`;
}
