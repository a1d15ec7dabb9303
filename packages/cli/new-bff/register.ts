import { readFileSync } from 'node:fs';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { NewClient } from './options.ts';
import type { NewFile } from './template.ts';

/** codegen.yml with the resolver types of a new client. All else that names clients is generated. */
export function withResolverTypes(root: string, { client }: NewClient): NewFile {
  const path = 'codegen.yml';
  const text = readFileSync(root + path, 'utf8');
  const place = '\nconfig:\n';
  if (!text.includes(place))
    throw new InputError(`${path} has no "config:" at the start of a line, before which a new client goes.`);
  return { path, content: text.replace(place, () => `${entryOf(client)}${place}`) };
}

function entryOf(client: string): string {
  return `
  bffs/${client}/schema.generated.ts:
    schema: schemas/${client}.graphql
    plugins: [typescript, typescript-resolvers]
    config:
      mappers:
        Start: '@facet/server#Screen'
        Order: ../../shared/orders/rest.generated.ts#Order
        Promo: ../../shared/catalog/rest.generated.ts#Promo`;
}
