import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ExecutionResult, execute, getOperationAST, getVariableValues, parse, validate } from 'graphql';
import { CLIENTS } from '../../testing/clients.ts';
import { randomQuery } from '../../testing/random-query.ts';
import { randomServices } from '../../testing/random-services.ts';
import { requestContext } from '../../testing/request.ts';
import { Loaders } from '../downstream/loaders.ts';
import { createLog } from '../telemetry/log.ts';
import { toAnswerErrors } from './answer-error.ts';
import { compileOperation } from './compile.ts';
import type { Context } from './context.ts';
import { buildSchema } from './schema.ts';
import { readScreens } from './screens.ts';
import { selectionOf } from './selection.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const log = createLog('test', 'silent');

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

describe.each(CLIENTS)('graphql-jit and graphql-js on $client', (bff) => {
  const schema = buildSchema(readFileSync(`${ROOT}schemas/${bff.client}.graphql`, 'utf8'), bff.resolvers);
  const screens = readScreens(`${ROOT}bffs/${bff.client}/screens`, schema);

  /** Runs a query by both on the same services; undefined where the compiler leaves it to graphql-js. */
  async function runBoth(text: string, variables: Readonly<Record<string, unknown>>, seed: number, oneIn: number) {
    const document = parse(text);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('There is no operation.');
    const run = compileOperation(schema, document, operation);
    if (!run) return undefined;
    const selection = selectionOf(schema, document, operation);
    const contextValue = (): Context => {
      const request = requestContext();
      return { request, loaders: new Loaders(randomServices(seed, oneIn), request, selection) };
    };
    const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    const compiled = await run(contextValue(), coerced);
    const interpreted = await execute({ schema, document, contextValue: contextValue(), variableValues: variables });
    return { compiled: verdict(compiled), interpreted: verdict(interpreted) };
  }

  test.each(screens)('agree on $name, healthy and ill', async ({ name, text }) => {
    for (let seed = 0; seed < 60; seed += 1) {
      const both = await runBoth(text, bff.examples[name] ?? {}, seed, seed % 3 === 0 ? 1_000_000 : 3);
      if (!both) throw new Error('A screen has to be compiled.');
      expect(both.compiled).toEqual(both.interpreted);
    }
  });

  test('agree on whatever can be asked', async () => {
    let compiled = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.nat({ max: 1_000_000 }), async (g, seed) => {
        const { text, variables } = randomQuery(schema, g);
        fc.pre(validate(schema, parse(text)).length === 0);
        const both = await runBoth(text, variables, seed, 4);
        if (!both) return;
        compiled += 1;
        expect(both.compiled).toEqual(both.interpreted);
      }),
      { numRuns: 1_500, maxSkipsPerRun: 1_000 },
    );
    // Otherwise the two would agree because one of them was hardly ever asked.
    expect(compiled).toBeGreaterThan(400);
  }, 240_000);
});
