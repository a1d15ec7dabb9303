/**
 * Compares the text of responses on a client's schema: what an engine responds to every screen and to random queries, over healthy and
 * failing services, and over a cache that has half of the rows; and what graphql-js responds. Prints the number of operations; ends
 * with 1 at the first difference. It is a process of its own because graphql-js leaves rejections behind, which a test runner takes
 * for its own.
 */
import { readFileSync } from 'node:fs';
import { Loaders } from '@facet/server/internal/downstream/batching/loaders.ts';
import { selectionOf } from '@facet/server/internal/graphql/analysis/selection.ts';
import { toAnswerErrors } from '@facet/server/internal/graphql/answer-error.ts';
import type { Context } from '@facet/server/internal/graphql/context.ts';
import { createEngine } from '@facet/server/internal/graphql/execute.ts';
import { buildSchema } from '@facet/server/internal/graphql/schema.ts';
import { readScreens } from '@facet/server/internal/graphql/screens.ts';

import { createLog } from '@facet/server/internal/telemetry/log.ts';
import fc from 'fast-check';
import { getOperationAST, parse, validate } from 'graphql';
import { CLIENTS } from './clients.ts';
import { FIXTURE } from './fixture/root.ts';
import { randomQuery } from './random-query.ts';
import { randomServices } from './random-services.ts';
import { requestContext } from './request.ts';
import { executeSettled, oracleOf } from './settled-oracle.ts';

const log = createLog('test', 'silent');
// graphql-js drops the promises of a list's other items when one of them is null and must not be.
process.on('unhandledRejection', () => {});

const bff = CLIENTS.find(({ client }) => client === process.argv[2]);
if (!bff) throw new Error('Which client?');
const sdl = readFileSync(`${FIXTURE}schemas/${bff.client}.graphql`, 'utf8');
const schema = buildSchema(sdl, bff.resolvers);
const oracleSchema = oracleOf(buildSchema(sdl, bff.resolvers));
let compared = 0;
let withErrors = 0;

for (const { name, text } of readScreens(`${FIXTURE}bffs/${bff.client}/screens`, schema)) {
  for (let seed = 0; seed < 60; seed += 1) {
    await compare(text, bff.examples[name] ?? {}, seed, seed % 3 === 0 ? 1_000_000 : 3);
  }
}

await fc.assert(
  fc.asyncProperty(fc.gen(), fc.nat({ max: 1_000_000 }), async (g, seed) => {
    const { text, variables } = randomQuery(schema, g);
    fc.pre(validate(schema, parse(text)).length === 0);
    await compare(text, variables, seed, 4);
  }),
  // A failing query is shown as it is: making it smaller would run it a thousand times more.
  { numRuns: 600, maxSkipsPerRun: 1_000, endOnFailure: true },
);
process.stdout.write(`${JSON.stringify({ compared, withErrors })}\n`);

/** Runs an operation with an engine, twice, and with graphql-js, on the same services. Throws if the texts of the responses differ. */
async function compare(text: string, variables: Readonly<Record<string, unknown>>, seed: number, oneIn: number) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  const selection = selectionOf(schema, document, operation);
  const { rows, halfAtOnce } = randomServices(seed, oneIn);
  const request = requestContext();
  const contextValue: Context = { request, loaders: new Loaders(rows, request, selection) };
  const result = await executeSettled({ schema: oracleSchema, document, contextValue, variableValues: variables });
  const expected = JSON.stringify({ data: result.data, errors: result.errors && toAnswerErrors(result, request, log) });
  for (const source of [rows, halfAtOnce]) {
    const engine = createEngine(schema, source, log);
    // Generated code builds the response from the second time on.
    for (let time = 1; time <= 2; time += 1) {
      const { data, errors } = await engine.execute(
        { document, operationName: undefined, variables },
        requestContext(),
      );
      const actual = JSON.stringify({ data, errors });
      if (actual === expected) continue;
      const where = { variables, seed, time, isHalfAtOnce: source === halfAtOnce };
      throw new Error(`${text}\n${JSON.stringify(where)}\nexpected ${expected}\nactual   ${actual}`);
    }
  }
  compared += 1;
  if (result.errors) withErrors += 1;
}
