import { readFileSync } from 'node:fs';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import { parse } from 'yaml';
import type { Starter } from './model.ts';
import { mappersOf } from './rows-template.ts';
import type { NewFile } from './template.ts';

const PATH = 'codegen.yml';

/** Whether codegen.yml says what the scalar DateTime is. Without that, its types would not be generated. */
export function hasDateTime(root: string): boolean {
  const { config } = Object(parse(readFileSync(root + PATH, 'utf8')));
  return Object.hasOwn(Object(Object(config).scalars), 'DateTime');
}

/** codegen.yml with an entry for the resolver types of the new client. All other lists of clients are generated. */
export function withResolverTypes(root: string, client: string, starter: Starter): NewFile {
  const text = readFileSync(root + PATH, 'utf8');
  const marker = '\nconfig:\n';
  if (!text.includes(marker)) {
    throw new InputError(`${PATH} needs a line "config:" at the top level; the new client is inserted before it.`);
  }
  return { path: PATH, content: text.replace(marker, () => `${entryOf(client, starter)}${marker}`) };
}

function entryOf(client: string, starter: Starter): string {
  const mappers = [['Start', "'@facet/server#Screen'"], ...mappersOf(starter)].map(
    ([type, module]) => `\n        ${type}: ${module}`,
  );
  return `
  bffs/${client}/schema.generated.ts:
    schema: schemas/${client}.graphql
    plugins: [typescript, typescript-resolvers]
    config:
      mappers:${mappers.join('')}`;
}
