import type { Starter } from './model.ts';
import type { NewClient } from './options.ts';
import { literal } from './print.ts';
import { resolversOf } from './resolvers-template.ts';
import { rowsOf } from './rows-template.ts';
import { schemaOf } from './schema-template.ts';
import { screenOf, variablesOf } from './screen.ts';
import { testOf } from './test-template.ts';

export interface NewFile {
  /** Relative to the project root. */
  readonly path: string;
  readonly content: string;
}

/** The figures of the screen Start in its budget. */
export interface StartCost {
  readonly calls: number;
  readonly waves: number;
  readonly rows: number;
}

/** The files of a working BFF with the screen Start. */
export function filesOf(newClient: NewClient, starter: Starter, cost: StartCost): NewFile[] {
  const { client } = newClient;
  const rows = rowsOf(starter);
  const files = {
    [`schemas/${client}.graphql`]: schemaOf(starter),
    [`bffs/${client}/main.ts`]: MAIN,
    [`bffs/${client}/bff.ts`]: bffOf(newClient, starter),
    [`bffs/${client}/resolvers.ts`]: resolversOf(starter),
    ...(rows === undefined ? {} : { [`bffs/${client}/rows.ts`]: rows }),
    [`bffs/${client}/screens/Start.graphql`]: screenOf(starter),
    [`bffs/${client}/budget.json`]: budgetOf(cost),
    [`bffs/${client}/client/package.json`]: packageOf(client),
    [`bffs/${client}/screens.test.ts`]: testOf(starter),
  };
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

const MAIN = `import { start } from '@facet/server/start';

await start(() => import('./bff.ts'));
`;

function bffOf({ client, port, header, exampleId }: NewClient, starter: Starter): string {
  const variables = Object.fromEntries(variablesOf(starter).map(({ name, example }) => [name, example]));
  return `import { defineBff } from '@facet/server';
import { services } from '../../shared/services.ts';
import { resolvers } from './resolvers.ts';

export const bff = defineBff({
  client: '${client}',
  directory: new URL('./', import.meta.url),
  port: ${port},
${literal('  identity: ', { header, exampleId }, ',')}
${literal('  examples: ', { Start: variables }, ',')}
  services,
  resolvers,
});
`;
}

const budgetOf = ({ calls, waves, rows }: StartCost): string => `{
  "screens": {
    "Start": { "calls": ${calls}, "waves": ${waves}, "rows": ${rows} }
  },
  "adHoc": { "calls": 20 }
}
`;

/** The package.json of the client package, whose exports are generated. */
function packageOf(client: string): string {
  const content = {
    name: `@facet/${client}-client`,
    version: '0.1.0',
    description: `The screens of the client ${client} as typed documents, with their manifest.`,
    license: 'MIT',
    private: true,
    type: 'module',
    sideEffects: false,
    files: ['*.generated.*'],
    exports: {
      '.': { types: './screens.generated.d.ts', default: './screens.generated.js' },
      './manifest.json': './manifest.generated.json',
    },
    dependencies: { '@graphql-typed-document-node/core': '^3.2.0' },
    peerDependencies: { graphql: '^16.0.0 || ^17.0.0' },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
