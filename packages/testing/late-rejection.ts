/**
 * A process in which graphql-js leaves a rejection behind: a list of non-null items with a null in it, beside an item
 * whose field fails after the answer is out. It prints the answer and "alive"; with --unguarded it does not live to.
 */

import { createEngine } from '@facet/server/internal/graphql/execute.ts';
import { buildSchema } from '@facet/server/internal/graphql/schema.ts';
import { surviveLateRejections } from '@facet/server/internal/http/late-rejections.ts';
import { createLog } from '@facet/server/internal/telemetry/log.ts';
import { parse } from 'graphql';
import { noRows, requestContext } from './request.ts';

const log = createLog('test', 'silent');
if (!process.argv.includes('--unguarded')) surviveLateRejections(log);

let fail: (reason: Error) => void = () => {};
const schema = buildSchema('type Query { items: [Item!] } type Item { slow: String! }', {
  Query: { items: () => [{}, null] },
  Item: {
    slow: () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      }),
  },
});
const operation = { document: parse('{ items { slow } }'), operationName: undefined, variables: {} };
const { data, errors } = await createEngine(schema, noRows, log).execute(operation, requestContext());
process.stdout.write(`${JSON.stringify({ data, codes: errors?.map(({ extensions }) => extensions['code']) })}\n`);

fail(new Error('too late'));
await new Promise((resolve) => setImmediate(resolve));
process.stdout.write('alive\n');
