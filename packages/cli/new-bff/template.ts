import { readFileSync } from 'node:fs';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import type { NewClient } from './options.ts';

export interface NewFile {
  /** Relative to the project root. */
  readonly path: string;
  readonly content: string;
}

/** The files of a working BFF with one screen: the caller's orders, the promotions and, for users, a greeting. */
export function filesOf(newClient: NewClient): NewFile[] {
  const { client } = newClient;
  const files = {
    [`schemas/${client}.graphql`]: schemaOf(newClient),
    [`bffs/${client}/main.ts`]: MAIN,
    [`bffs/${client}/bff.ts`]: bffOf(newClient),
    [`bffs/${client}/resolvers.ts`]: resolversOf(newClient),
    [`bffs/${client}/screens/Start.graphql`]: screenOf(newClient),
    [`bffs/${client}/budget.json`]: budgetOf(newClient),
    [`bffs/${client}/client/package.json`]: packageOf(client),
    [`bffs/${client}/screens.test.ts`]: testOf(newClient),
  };
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

const isUser = ({ identity }: NewClient): boolean => identity === 'X-User-Id';
const forUsers = (newClient: NewClient, text: string): string => (isUser(newClient) ? text : '');
const exampleId = (newClient: NewClient): string => (isUser(newClient) ? 'u_42' : 'pa_1');

const MAIN = `import { start } from '@facet/server/start';

await start(() => import('./bff.ts'));
`;

const bffOf = (newClient: NewClient): string => `import { defineBff } from '@facet/server';
import { services } from '../../shared/services.ts';
import { resolvers } from './resolvers.ts';

export const bff = defineBff({
  client: '${newClient.client}',
  directory: new URL('./', import.meta.url),
  port: ${newClient.port},
  identity: { header: '${newClient.identity}', exampleId: '${exampleId(newClient)}' },
  examples: { Start: { first: 5 } },
  services,
  resolvers,
});
`;

const schemaOf = (newClient: NewClient): string => `"A date and time in RFC 3339 format."
scalar DateTime

"The allowed range of an integer argument. Requests outside of it are rejected before execution."
directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION

type Query {
  "The first screen."
  start: Start!
}

"Each section is null if its service fails; \`errors\` has the reason."
type Start {
${forUsers(newClient, '  "\\"Hi Ada\\""\n  greeting: String\n')}  "The caller's orders, newest first. \`after\` is the id of the last order of the previous page."
  orders(first: Int! = 5 @range(min: 1, max: 50), after: ID): [Order!]
  "The current promotions, at most 20."
  promos: [Promo!]
}

type Order {
  id: ID!
  status: String!
  total: Money!
  placedAt: DateTime!
}

type Money {
  "Amount in major units, rounded to 15 significant digits."
  amount: Float!
  "ISO 4217 currency code."
  currency: String!
  "The exact amount, formatted for the caller's locale (Accept-Language)."
  formatted: String!
}

type Promo {
  id: ID!
  title: String!
  imageUrl: String!
}
`;

const resolversOf = (
  newClient: NewClient,
): string => `import { arg, list, ${forUsers(newClient, 'load, ')}money, type RequiredResolvers, screen${forUsers(newClient, ', text, viewer')} } from '@facet/server';
import { promos } from '../../shared/catalog/endpoints.ts';
import { viewerOrders } from '../../shared/orders/endpoints.ts';
${forUsers(newClient, "import { users } from '../../shared/users/endpoints.ts';\n")}import type { Resolvers } from './schema.generated.ts';

export const resolvers = {
  Query: {
    start: screen(),
  },
  Start: {
${forUsers(newClient, "    greeting: load(users, viewer, text('Hi {firstName}')),\n")}    orders: list(viewerOrders, { limit: arg('first'), after: arg('after') }),
    promos: list(promos),
  },
  Order: {
    total: money('totalCents', 'currency'),
  },
} satisfies RequiredResolvers<Resolvers>;
`;

const screenOf = (newClient: NewClient): string => `query Start($first: Int! = 5) {
  start {
${forUsers(newClient, '    greeting\n')}    orders(first: $first) {
      id
      status
      total {
        formatted
      }
      placedAt
    }
    promos {
      id
      title
      imageUrl
    }
  }
}
`;

const budgetOf = (newClient: NewClient): string => `{
  "screens": {
    "Start": { "calls": ${isUser(newClient) ? 3 : 2}, "waves": 1, "rows": ${isUser(newClient) ? 71 : 70} }
  },
  "adHoc": { "calls": 20 }
}
`;

const testOf = (
  newClient: NewClient,
): string => `import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
import { recordWaves } from '@facet/testing/internal/waves.ts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ReferenceServices, startReferenceServices } from '../../examples/testing/reference-services.ts';
import { bff } from './bff.ts';

let services: ReferenceServices;
let running: RunningBff;

beforeAll(async () => {
  services = await startReferenceServices();
  running = await startBff(bff, services.urls);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
});

test('Start makes ${isUser(newClient) ? 3 : 2} calls in 1 wave', async () => {
  const waves = recordWaves(services);
  const { status, data, errors } = await running.screen('Start');
  services.gate = () => {};
  expect({ status, errors }).toEqual({ status: 200, errors: [] });
  expect(waves).toEqual([['catalog', 'orders'${forUsers(newClient, ", 'users'")}]]);
${forUsers(newClient, "  expect(data.start.greeting).toBe('Hi Ada');\n")}  expect(data.start.promos).toHaveLength(5);
});

test('a failing service makes only its section null', async () => {
  services.ill.set('catalog', (response) => response.writeHead(500).end());
  const { status, data, errors } = await running.screen('Start');
  services.ill.clear();
  expect(status).toBe(200);
  expect(data.start).toMatchObject({ promos: null, orders: expect.any(Array) });
  expect(errors).toMatchObject([{ path: ['start', 'promos'], extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
});
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

/** codegen.yml with an entry for the resolver types of the new client. All other lists of clients are generated. */
export function withResolverTypes(root: string, { client }: NewClient): NewFile {
  const path = 'codegen.yml';
  const text = readFileSync(root + path, 'utf8');
  const marker = '\nconfig:\n';
  if (!text.includes(marker)) {
    throw new InputError(`${path} needs a line "config:" at the top level; the new client is inserted before it.`);
  }
  return { path, content: text.replace(marker, () => `${entryOf(client)}${marker}`) };
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
