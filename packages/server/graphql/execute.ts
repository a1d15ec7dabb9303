import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
} from 'graphql';
import { Loaders } from '../downstream/batching/loaders.ts';
import type { RowSource } from '../downstream/batching/row-source.ts';
import type { RequestContext } from '../request/context.ts';
import { ErrorCode } from '../request/errors.ts';
import type { StalePart } from '../request/ledger.ts';
import type { OperationTrace, RequestTrace } from '../request/request-trace.ts';
import type { Logger } from '../telemetry/log.ts';
import { sampledLog } from '../telemetry/log.ts';
import { OverfetchMeter } from '../telemetry/overfetch-meter.ts';
import { createCostLimit } from './analysis/cost-limit.ts';
import { type AnswerError, thrownOf, toAnswerErrors } from './answer-error.ts';
import type { Context } from './context.ts';
import { createArgumentCheck } from './execution/argument-check.ts';
import { completeResponse } from './execution/complete.ts';
import { PlanRun } from './execution/plan-run.ts';
import {
  type Coerced,
  createPreparation,
  MAX_GENERATED_FIELDS,
  type Preparation,
  type Prepared,
} from './execution/prepare.ts';
import { buildData } from './execution/response-builder.ts';
import { hasInheritedInputs, removePrototypes } from './inherited.ts';
import { createMeasuring } from './overfetch/measuring.ts';

export interface Operation {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The result of an operation, with errors that may be sent to the caller. */
export interface Executed extends Omit<ExecutionResult, 'errors'> {
  readonly errors?: readonly AnswerError[];
}

/** Runs the operations of one schema. All routes of the server use it. */
export interface Engine {
  /** Runs an operation of a validated document. Never rejects. */
  execute(operation: Operation, request: RequestContext): Promise<Executed>;
  readonly preparation: Preparation;
}

/** Options of coercion. Suggestions would reveal names of a schema that may not be public. */
const COERCION = { maxErrors: 50, hideSuggestions: true };

/**
 * Creates the engine of a schema. `maxCalls` limits the logical calls of an operation that is not registered; no limit by default.
 * `meter` records how much of the fetched data responses use.
 */
export function createEngine(
  schema: GraphQLSchema,
  rows: RowSource,
  log: Logger,
  maxCalls = Number.POSITIVE_INFINITY,
  meter = new OverfetchMeter(0),
): Engine {
  const checkArguments = createArgumentCheck(schema);
  const checkCost = Number.isFinite(maxCalls) ? createCostLimit(schema, maxCalls) : () => undefined;
  const preparation = createPreparation(schema);
  const inputsAreInherited = hasInheritedInputs(schema);
  const measure = createMeasuring(schema, meter, log);
  const logLate = sampledLog(log, 'a resolver failed after its field was reported as late');
  const onLateRejection = (error: Error) => logLate({}, { err: thrownOf(error) });

  const execute: Engine['execute'] = async ({ document, operationName, variables }, request) => {
    if (inputsAreInherited) removePrototypes(variables);
    const prepared = preparation.of(document, operationName);
    const { ledger } = request;
    ledger.operation = prepared;
    const trace = ledger.trace && prepared && beginTrace(ledger.trace, prepared);
    const result = prepared
      ? (rejection(prepared, document, variables) ?? (await run(prepared, variables, request)))
      : unknownOperation(document, operationName);
    const { errors, ...rest } = result;
    const response: Executed = errors ? { ...rest, errors: toAnswerErrors(result, request, log) } : rest;
    if (trace) endTrace(trace, response);
    if (prepared && ledger.entries.length > 0) measure(prepared, document, request);
    const { staleParts } = ledger;
    return staleParts.length === 0 ? response : { ...response, extensions: { stale: staleParts.map(toExtension) } };
  };

  function rejection({ operation, isRegistered }: Prepared, document: DocumentNode, variables: Operation['variables']) {
    const error =
      noRootType(schema, operation.operation) ??
      checkArguments(document, operation, variables) ??
      (isRegistered ? undefined : checkCost(document, operation, variables));
    if (!error) return undefined;
    // The cost limit assumes the worst value for a variable of a wrong type. The coercion error is more useful to the caller.
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, COERCION);
    return { errors: errors ?? [error] };
  }

  async function run(
    prepared: Prepared,
    variables: Operation['variables'],
    request: RequestContext,
  ): Promise<ExecutionResult> {
    const context: Context = { request, loaders: new Loaders(rows, request, prepared.selection), onLateRejection };
    const { coerced, errors } = coerce(schema, prepared, variables);
    if (errors) return { errors };
    const run = new PlanRun(prepared.planFor(coerced), context, coerced);
    await run.fetch();
    const data = prepared.isCompiled && run.plan.size <= MAX_GENERATED_FIELDS ? dataOf(run) : undefined;
    return data === undefined ? completeResponse(run) : { data };
  }

  /** The data of a run whose values are all as the schema promises; undefined for any other run. */
  function dataOf(run: PlanRun): Record<string, unknown> | undefined {
    if (run.hasErrors || run.context.request.ledger.hasStale) return undefined;
    try {
      return buildData(run);
    } catch {
      return undefined;
    }
  }

  return { execute, preparation };
}

/** An entry of `extensions.stale`: the path, and the age in whole seconds. */
function toExtension({ path, ageMs }: StalePart) {
  return { path, ageSeconds: Math.round(ageMs / 1_000) };
}

/** Coerces variables with graphql-js. */
function coerce(schema: GraphQLSchema, prepared: Prepared, variables: Operation['variables']): Coerced {
  const { variableDefinitions = [] } = prepared.operation;
  const given = Object.keys(variables).length > 0;
  if (!given && prepared.defaults) return prepared.defaults;
  const result = getVariableValues(schema, variableDefinitions, variables, COERCION);
  if (!given && result.coerced && prepared.hasPlainDefaults) prepared.defaults = result;
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

function beginTrace(trace: RequestTrace, { operation, isRegistered }: Prepared): OperationTrace {
  trace.operation = {
    name: operation.name?.value,
    type: operation.operation,
    // An ad-hoc document may contain personal data.
    document: isRegistered ? operation.loc?.source.body : undefined,
    startedAt: performance.now(),
    endedAt: undefined,
    codes: [],
  };
  return trace.operation;
}

function endTrace(trace: OperationTrace, { errors = [] }: Executed): void {
  trace.endedAt = performance.now();
  trace.codes = errors.map(({ extensions }) => extensions['code']);
}
