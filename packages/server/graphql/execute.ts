import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  execute as graphqlExecute,
  Kind,
} from 'graphql';
import { Loaders } from '../downstream/loaders.ts';
import type { RowSource } from '../downstream/row-source.ts';
import type { RequestContext } from '../request/context.ts';
import { ErrorCode } from '../request/errors.ts';
import type { StalePart } from '../request/ledger.ts';
import type { Logger } from '../telemetry/log.ts';
import { OverfetchMeter } from '../telemetry/overfetch-meter.ts';
import { sampledLog } from '../telemetry/sampled-log.ts';
import { type AnswerError, thrownOf, toAnswerErrors } from './answer-error.ts';
import { createArgumentCheck } from './argument-check.ts';
import type { Context } from './context.ts';
import { createCostLimit } from './cost-limit.ts';
import { resolveProperty } from './guard.ts';
import { hasInheritedInputs, removePrototypes } from './inherited.ts';
import { beginOperation, endOperation } from './operation-trace.ts';
import { createMeasuring } from './overfetch/measuring.ts';
import { type Coerced, createPreparation, type Preparation, type Prepared } from './prepare.ts';

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The result of an operation, ready for the caller. */
export interface Executed extends Omit<ExecutionResult, 'errors'> {
  readonly errors?: readonly AnswerError[];
}

/** Runs the operations of one schema, behind every door of its server. */
export interface Engine {
  /** Runs an operation of a validated document. Never rejects; errors are ready for the caller. */
  execute(operation: Operation, request: RequestContext): Promise<Executed>;
  readonly preparation: Preparation;
}

/** How graphql-js looks at variables: it stops at so many wrong ones, and tells no names of a schema that may not be public. */
const VARIABLES = { maxErrors: 50, hideSuggestions: true };

/**
 * `maxCalls` bounds the logical calls that an operation may make which is not registered; unbounded by default. `waste` is told how much
 * of what they fetched responses used.
 */
export function createEngine(
  schema: GraphQLSchema,
  rows: RowSource,
  log: Logger,
  maxCalls = Number.POSITIVE_INFINITY,
  waste = new OverfetchMeter(0),
): Engine {
  const impossibleArgument = createArgumentCheck(schema);
  const tooExpensive = Number.isFinite(maxCalls) ? createCostLimit(schema, maxCalls) : () => undefined;
  const preparation = createPreparation(schema);
  const inputsAreInherited = hasInheritedInputs(schema);
  const measure = createMeasuring(schema, waste, log);
  const tellLate = sampledLog(log, 'a resolver failed after its field was reported as late');
  const onLateRejection = (error: Error) => tellLate({}, { err: thrownOf(error) });

  const execute: Engine['execute'] = async ({ document, operationName, variables }, request) => {
    if (inputsAreInherited) removePrototypes(variables);
    const prepared = preparation.of(document, operationName);
    const { ledger } = request;
    ledger.operation = prepared;
    const began = ledger.trail && prepared && beginOperation(ledger.trail, prepared);
    const result = prepared
      ? (refusal(prepared, document, variables) ?? (await run(prepared, document, variables, request)))
      : unknownOperation(document, operationName);
    const { errors, ...rest } = result;
    const answer: Executed = errors ? { ...rest, errors: toAnswerErrors(result, request, log) } : rest;
    if (began) endOperation(began, answer.errors ?? []);
    if (prepared && ledger.entries.length > 0) measure(prepared, document, request);
    const { staleParts } = ledger;
    return staleParts.length === 0 ? answer : { ...answer, extensions: { stale: staleParts.map(toExtension) } };
  };

  function refusal({ operation, isRegistered }: Prepared, document: DocumentNode, variables: Operation['variables']) {
    const error =
      noRootType(schema, operation.operation) ??
      impossibleArgument(document, operation, variables) ??
      (isRegistered ? undefined : tooExpensive(document, operation, variables));
    if (!error) return undefined;
    // A variable of a wrong type is taken at its worst by the ceiling: what is wrong with it says more.
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, VARIABLES);
    return { errors: errors ?? [error] };
  }

  async function run(
    prepared: Prepared,
    document: DocumentNode,
    variables: Operation['variables'],
    request: RequestContext,
  ): Promise<ExecutionResult> {
    const context: Context = { request, loaders: new Loaders(rows, request, prepared.selection), onLateRejection };
    if (!prepared.run) return interpret(prepared, document, variables, context);
    const { coerced, errors } = coerce(schema, prepared, variables);
    if (errors) return { errors };
    const result = await prepared.run(context, coerced);
    if (!hasPropagatedErrors(result)) return result;
    // Which of several errors made a parent null is for graphql-js to say. The loaders have all rows by now, so that nothing is called again.
    request.ledger.staleParts.length = 0;
    return interpret(prepared, document, variables, context);
  }

  function interpret(
    { operation }: Prepared,
    document: DocumentNode,
    variableValues: Operation['variables'],
    contextValue: Context,
  ) {
    const operationName = operation.name?.value;
    const { hideSuggestions } = VARIABLES;
    const resolvers = { fieldResolver: resolveProperty };
    return graphqlExecute({
      schema,
      document,
      operationName,
      hideSuggestions,
      ...resolvers,
      contextValue,
      variableValues,
    });
  }

  return { execute, preparation };
}

/** Whether an error made more null than the place where it happened. */
function hasPropagatedErrors({ data, errors = [] }: ExecutionResult): boolean {
  return errors.some(({ path = [] }) => {
    let value: unknown = data;
    for (const step of path) {
      if (value === null || value === undefined) return true;
      value = Reflect.get(Object(value), step);
    }
    return false;
  });
}

/** As it stands in `extensions.stale`: the path, and the age in whole seconds. */
function toExtension({ path, ageMs }: StalePart) {
  return { path, ageSeconds: Math.round(ageMs / 1_000) };
}

/** Variables are coerced by graphql-js, whoever executes. */
function coerce(schema: GraphQLSchema, prepared: Prepared, variables: Operation['variables']): Coerced {
  const { variableDefinitions = [] } = prepared.operation;
  const given = Object.keys(variables).length > 0;
  if (!given && prepared.defaults) return prepared.defaults;
  const result = getVariableValues(schema, variableDefinitions, variables, VARIABLES);
  if (!given && result.coerced) prepared.defaults = result;
  return result;
}

function noRootType(schema: GraphQLSchema, operation: string): GraphQLError | undefined {
  const known = operation === 'query' || (operation === 'mutation' && schema.getMutationType());
  if (known) return undefined;
  return new GraphQLError(`The schema has no ${operation}.`, { extensions: { code: ErrorCode.ValidationFailed } });
}

const operationsIn = ({ definitions }: DocumentNode): number =>
  definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length;

function unknownOperation(document: DocumentNode, operationName: string | undefined): ExecutionResult {
  const message =
    operationName === undefined
      ? `operationName is required: the document has ${operationsIn(document)} operations.`
      : `There is no operation named "${operationName}".`;
  return { errors: [new GraphQLError(message, { extensions: { code: ErrorCode.OperationResolutionFailure } })] };
}
