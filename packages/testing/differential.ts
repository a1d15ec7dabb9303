/**
 * Compares the text of responses over random schemas: what an engine responds at each of five executions, of ad-hoc and of registered
 * documents, and what graphql-js responds. Takes the first seed and the number of schemas; ends with 1 at the first difference, and prints
 * the seed and the document. It is a process of its own because graphql-js leaves rejections behind, which a test runner would report.
 */

import { Loaders } from '@facet/server/internal/downstream/batching/loaders.ts';
import { toAnswerErrors } from '@facet/server/internal/graphql/answer-error.ts';
import type { Context } from '@facet/server/internal/graphql/context.ts';
import { createEngine } from '@facet/server/internal/graphql/execute.ts';

import { createLog } from '@facet/server/internal/telemetry/log.ts';
import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { randomOperation, randomSchema } from './random-schema.ts';
import { noRows, requestContext } from './request.ts';
import { executeSettled, oracleOf } from './settled-oracle.ts';

const DOCUMENTS = 20;
const RUNS = 5;

const log = createLog('test', 'silent');
// graphql-js drops the promises of a list's other items when one of them is null and must not be.
process.on('unhandledRejection', () => {});

const [firstSeed = '1', schemas = '100'] = process.argv.slice(2);
let compared = 0;
let withErrors = 0;
/** How many of the operations have each of these. */
const features = { inputObjects: 0, abstractTypes: 0, customScalars: 0, omittedVariables: 0, conditions: 0 };
for (let seed = Number(firstSeed); seed < Number(firstSeed) + Number(schemas); seed += 1) {
  const schema = randomSchema(String(seed));
  const oracleSchema = oracleOf(randomSchema(String(seed)));
  for (let number = 0; number < DOCUMENTS; number += 1) {
    const operation = randomOperation(schema, `${seed} ${number}`);
    const document = parse(operation.text);
    if (validate(schema, document).length > 0) continue;
    const { text: expected, hasErrors } = await oracle(oracleSchema, operation);
    if (hasErrors) withErrors += 1;
    for (const isRegistered of [false, true]) {
      const engine = createEngine(schema, noRows, log);
      if (isRegistered) engine.preparation.register(document, { isCompiledNow: true });
      for (let time = 1; time <= RUNS; time += 1) {
        const { variables } = operation;
        const { data, errors } = await engine.execute(
          { document, operationName: undefined, variables },
          requestContext(),
        );
        const actual = JSON.stringify({ data, errors });
        if (actual === expected) continue;
        const where = { seed, number, isRegistered, time, variables };
        throw new Error(`${JSON.stringify(where)}\n${operation.text}\nexpected ${expected}\nactual   ${actual}`);
      }
    }
    for (const feature of featuresOf(schema, document, operation.variables)) features[feature] += 1;
    compared += 1;
  }
}
process.stdout.write(`${JSON.stringify({ compared, withErrors, ...features })}\n`);

function featuresOf(schema: GraphQLSchema, document: DocumentNode, given: object): ReadonlySet<keyof typeof features> {
  const found = new Set<keyof typeof features>();
  const types = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(types, {
    Argument() {
      if (isInputObjectType(getNamedType(types.getInputType()))) found.add('inputObjects');
    },
    Field() {
      const type = getNamedType(types.getType());
      if (isAbstractType(type)) found.add('abstractTypes');
      if (type?.name === 'Anything') found.add('customScalars');
    },
    VariableDefinition({ variable }) {
      if (!Object.hasOwn(given, variable.name.value)) found.add('omittedVariables');
    },
    Directive: () => void found.add('conditions'),
  });
  visit(document, visitor);
  return found;
}

async function oracle(
  schema: ReturnType<typeof randomSchema>,
  { text, variables }: ReturnType<typeof randomOperation>,
) {
  const request = requestContext();
  const contextValue: Context = { request, loaders: new Loaders(noRows, request) };
  const document = parse(text);
  const result = await executeSettled({
    schema,
    document,
    contextValue,
    variableValues: variables,
    hideSuggestions: true,
  });
  const errors = result.errors && toAnswerErrors(result, request, log);
  return { text: JSON.stringify({ data: result.data, errors }), hasErrors: errors !== undefined };
}
