/**
 * Compares graphql-jit and graphql-js on a client's schema: every screen, and random queries, over services that are
 * healthy and ill; and graphql-jit with itself where half of the rows are there at once. Prints how many queries were compiled; ends
 * with 1 at the first difference. It is a process of its own because graphql-js leaves rejections behind, which a test runner takes
 * for its own.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Loaders } from '@facet/server/internal/downstream/batching/loaders.ts';
import type { RowSource } from '@facet/server/internal/downstream/batching/row-source.ts';
import { selectionOf } from '@facet/server/internal/graphql/analysis/selection.ts';
import { toAnswerErrors } from '@facet/server/internal/graphql/answer-error.ts';
import type { Context } from '@facet/server/internal/graphql/context.ts';
import { compileOperation } from '@facet/server/internal/graphql/execution/compile.ts';
import { buildSchema } from '@facet/server/internal/graphql/schema.ts';
import { readScreens } from '@facet/server/internal/graphql/screens.ts';
import { surviveLateRejections } from '@facet/server/internal/http/late-rejections.ts';

import { createLog } from '@facet/server/internal/telemetry/log.ts';
import fc from 'fast-check';
import { type ExecutionResult, execute, getOperationAST, getVariableValues, parse, validate } from 'graphql';
import { CLIENTS } from './clients.ts';
import { FIXTURE } from './fixture/root.ts';
import { randomQuery } from './random-query.ts';
import { randomServices } from './random-services.ts';
import { requestContext } from './request.ts';

const log = createLog('test', 'silent');
surviveLateRejections(log);

/**
 * What two executors have to agree on: the data, and every error at a place that is there to be seen. Below a null that
 * swallowed its children one executor may tell of more of them than the other, so there only the null counts.
 */
function verdict(result: ExecutionResult): unknown {
  const errors = toAnswerErrors(result, requestContext(), log).map(({ path = [], extensions }) => {
    let value: unknown = result.data;
    const seen: (string | number)[] = [];
    for (const step of path) {
      if (value === null || value === undefined) return `below ${seen.join('.')}`;
      value = (value as Record<string | number, unknown>)[step];
      seen.push(step);
    }
    return `${path.join('.')}: ${extensions['code']}`;
  });
  return { data: JSON.parse(JSON.stringify(result.data)), errors: [...new Set(errors)].sort() };
}

const bff = CLIENTS.find(({ client }) => client === process.argv[2]);
if (!bff) throw new Error('Which client?');
const schema = buildSchema(readFileSync(`${FIXTURE}schemas/${bff.client}.graphql`, 'utf8'), bff.resolvers);
let compiled = 0;

for (const { name, text } of readScreens(`${FIXTURE}bffs/${bff.client}/screens`, schema)) {
  for (let seed = 0; seed < 60; seed += 1) {
    const isCompiled = await compare(text, bff.examples[name] ?? {}, seed, seed % 3 === 0 ? 1_000_000 : 3);
    if (!isCompiled) throw new Error(`${name} has to be compiled.`);
  }
}

await fc.assert(
  fc.asyncProperty(fc.gen(), fc.nat({ max: 1_000_000 }), async (g, seed) => {
    const { text, variables } = randomQuery(schema, g);
    fc.pre(validate(schema, parse(text)).length === 0);
    if (await compare(text, variables, seed, 4)) compiled += 1;
  }),
  // A failing query is shown as it is: making it smaller would run it a thousand times more.
  { numRuns: 600, maxSkipsPerRun: 1_000, endOnFailure: true },
);
process.stdout.write(`${JSON.stringify({ compiled })}\n`);

/** Runs a query by both on the same services, and throws where they differ; false where the compiler leaves it alone. */
async function compare(text: string, variables: Readonly<Record<string, unknown>>, seed: number, oneIn: number) {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('There is no operation.');
  const run = compileOperation(schema, document, operation);
  if (!run) return false;
  const selection = selectionOf(schema, document, operation);
  const { rows, halfAtOnce } = randomServices(seed, oneIn);
  const contextOf = (source: RowSource): Context => {
    const request = requestContext();
    return { request, loaders: new Loaders(source, request, selection) };
  };
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const byJit = verdict(await run(contextOf(rows), coerced));
  const byJs = verdict(await execute({ schema, document, contextValue: contextOf(rows), variableValues: variables }));
  const atOnce = verdict(await run(contextOf(halfAtOnce), coerced));
  if (isDeepStrictEqual(byJit, byJs) && isDeepStrictEqual(byJit, atOnce)) return true;
  throw new Error(`${text}\n${JSON.stringify({ variables, seed, byJit, byJs, atOnce }, null, 2)}`);
}
