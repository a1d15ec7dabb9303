import type { NewClient } from './options.ts';
import { packageOf } from './package.ts';

export interface NewFile {
  /** Below the project's folder. */
  readonly path: string;
  readonly content: string;
}

/** A working backend with one screen: the caller's orders and the promotions, and a greeting for a user. */
export function filesOf(made: NewClient): NewFile[] {
  const { client } = made;
  const files = {
    [`schemas/${client}.graphql`]: schemaOf(made),
    [`bffs/${client}/main.ts`]: MAIN,
    [`bffs/${client}/bff.ts`]: bffOf(made),
    [`bffs/${client}/resolvers.ts`]: resolversOf(made),
    [`bffs/${client}/screens/Start.graphql`]: screenOf(made),
    [`bffs/${client}/budget.json`]: budgetOf(made),
    [`bffs/${client}/client/package.json`]: packageOf(client),
    [`bffs/${client}/screens.test.ts`]: testOf(made),
  };
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

const isUser = ({ identity }: NewClient): boolean => identity === 'X-User-Id';
const forUsers = (made: NewClient, text: string): string => (isUser(made) ? text : '');
const exampleId = (made: NewClient): string => (isUser(made) ? 'u_42' : 'pa_1');

const MAIN = `import { start } from '@facet/server/start';

await start(() => import('./bff.ts'));
`;

const bffOf = (made: NewClient): string => `import { defineBff } from '@facet/server';
import { services } from '../../shared/services.ts';
import { resolvers } from './resolvers.ts';

export const bff = defineBff({
  client: '${made.client}',
  directory: new URL('./', import.meta.url),
  port: ${made.port},
  identity: { header: '${made.identity}', exampleId: '${exampleId(made)}' },
  examples: { Start: { first: 5 } },
  services,
  resolvers,
});
`;

const schemaOf = (made: NewClient): string => `"A moment in time as RFC 3339 writes it."
scalar DateTime

"Bounds of a whole number, checked before anything runs."
directive @range(min: Int!, max: Int!) on ARGUMENT_DEFINITION

type Query {
  "The first screen, in one call."
  start: Start!
}

"Each section can fail alone: it is null then, and \`errors\` says why."
type Start {
${forUsers(made, '  "\\"Hi Ada\\""\n  greeting: String\n')}  "The caller's orders, newest first. \`after\` is the id of the last one of the page before."
  orders(first: Int! = 5 @range(min: 1, max: 50), after: ID): [Order!]
  "The promotions that run today, 20 at the most."
  promos: [Promo!]
}

type Order {
  id: ID!
  status: String!
  total: Money!
  placedAt: DateTime!
}

type Money {
  "Major units, to the 15 digits of a double."
  amount: Float!
  "ISO 4217."
  currency: String!
  "The exact amount as the caller's locale (Accept-Language) writes it."
  formatted: String!
}

type Promo {
  id: ID!
  title: String!
  imageUrl: String!
}
`;

const resolversOf = (
  made: NewClient,
): string => `import { arg, list, ${forUsers(made, 'load, ')}money, type RequiredResolvers, screen${forUsers(made, ', text, viewer')} } from '@facet/server';
import { promos } from '../../shared/catalog/endpoints.ts';
import { viewerOrders } from '../../shared/orders/endpoints.ts';
${forUsers(made, "import { users } from '../../shared/users/endpoints.ts';\n")}import type { Resolvers } from './schema.generated.ts';

export const resolvers = {
  Query: {
    start: screen(),
  },
  Start: {
${forUsers(made, "    greeting: load(users, viewer, text('Hi {firstName}')),\n")}    orders: list(viewerOrders, { limit: arg('first'), after: arg('after') }),
    promos: list(promos),
  },
  Order: {
    total: money('totalCents', 'currency'),
  },
} satisfies RequiredResolvers<Resolvers>;
`;

const screenOf = (made: NewClient): string => `query Start($first: Int! = 5) {
  start {
${forUsers(made, '    greeting\n')}    orders(first: $first) {
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

const budgetOf = (made: NewClient): string => `{
  "screens": {
    "Start": { "calls": ${isUser(made) ? 3 : 2}, "waves": 1, "rows": ${isUser(made) ? 71 : 70} }
  },
  "adHoc": { "calls": 20 }
}
`;

const testOf = (made: NewClient): string => `import { type RunningBff, startBff } from '@facet/testing/internal/bff.ts';
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

test('Start makes ${isUser(made) ? 3 : 2} calls in 1 wave', async () => {
  const waves = recordWaves(services);
  const { status, data, errors } = await running.screen('Start');
  services.gate = () => {};
  expect({ status, errors }).toEqual({ status: 200, errors: [] });
  expect(waves).toEqual([['catalog', 'orders'${forUsers(made, ", 'users'")}]]);
${forUsers(made, "  expect(data.start.greeting).toBe('Hi Ada');\n")}  expect(data.start.promos).toHaveLength(5);
});

test('a service that fails blanks its section alone', async () => {
  services.ill.set('catalog', (response) => response.writeHead(500).end());
  const { status, data, errors } = await running.screen('Start');
  services.ill.clear();
  expect(status).toBe(200);
  expect(data.start).toMatchObject({ promos: null, orders: expect.any(Array) });
  expect(errors).toMatchObject([{ path: ['start', 'promos'], extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
});
`;
