import { readFileSync } from 'node:fs';
import type { NewFile } from './template.ts';
import type { Wish } from './wish.ts';

/** The project's own files that have to know of a new client, as they are then. */
export function registrations(root: string, { client }: Wish): NewFile[] {
  return [
    withScripts(root, {
      [`start:${client}`]: `node bffs/${client}/main.ts`,
      [`mock:${client}`]: `node tools/mock.ts ${client}`,
    }),
    edited(root, 'codegen.yml', /\nconfig:\n/, (line) => `${codegenOf(client)}${line}`),
    edited(root, 'CODEOWNERS', /\n$/, (end) => `\n${ownersOf(client)}${end}`),
  ];
}

/** Each script stands behind the last one of its kind. */
function withScripts(root: string, scripts: Readonly<Record<string, string>>): NewFile {
  const path = 'package.json';
  const manifest = JSON.parse(readFileSync(root + path, 'utf8'));
  let entries = Object.entries<string>(manifest.scripts);
  for (const [name, command] of Object.entries(scripts)) {
    const kind = `${name.split(':')[0]}:`;
    const last = entries.findLastIndex(([other]) => other.startsWith(kind));
    entries = entries.toSpliced(last + 1, 0, [name, command]);
  }
  return { path, content: `${JSON.stringify({ ...manifest, scripts: Object.fromEntries(entries) }, null, 2)}\n` };
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
