import type { Context } from '@facet/server/internal/graphql/context.ts';
import { resolveProperty } from '@facet/server/internal/graphql/schema/guard.ts';
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLIsTypeOfFn,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
  responsePathAsArray,
} from 'graphql';

/** What the code of a schema returned at each place of one response: a value, a pending promise, or the Error that it threw. */
type Outcomes = Map<string, { readonly value: unknown } | { readonly thrown: unknown }>;

interface SettledContext extends Context {
  readonly outcomes: Outcomes;
}

/**
 * Prepares a schema for `executeSettled`: its resolvers and type resolvers return what they returned at the same place before. It changes
 * the schema, which then serves as an oracle only.
 */
export function oracleOf(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    // All schemas share the types of introspection.
    if (isIntrospectionType(type)) continue;
    if (isAbstractType(type) && type.resolveType) type.resolveType = remembered('type', type.resolveType);
    if (!isObjectType(type)) continue;
    if (type.isTypeOf) type.isTypeOf = remembered(`is ${type.name}`, type.isTypeOf);
    for (const field of Object.values(type.getFields())) {
      const resolve = field.resolve ?? resolveProperty;
      field.resolve = (parent, given, context: SettledContext, info) =>
        once('field', info.path, context, () => resolve(parent, given, context, info));
    }
  }
  return schema;
}

function remembered<
  Code extends GraphQLTypeResolver<unknown, SettledContext> | GraphQLIsTypeOfFn<unknown, SettledContext>,
>(what: string, run: Code): Code {
  const code: GraphQLTypeResolver<unknown, SettledContext> = (value, context, info, type) =>
    once(what, info.path, context, () => Reflect.apply(run, undefined, [value, context, info, type]), value) as string;
  return code as Code;
}

const numbers = new WeakMap<object, number>();
let objects = 0;

function numberOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const number = numbers.get(value) ?? objects++;
  numbers.set(value, number);
  return number;
}

function once(
  what: string,
  path: Parameters<typeof responsePathAsArray>[0],
  { outcomes }: SettledContext,
  run: () => unknown,
  of?: unknown,
): unknown {
  const place = JSON.stringify([what, ...responsePathAsArray(path), numberOf(of)]);
  let outcome = outcomes.get(place);
  if (!outcome) {
    try {
      outcome = { value: run() };
    } catch (thrown) {
      outcome = { thrown };
    }
    outcomes.set(place, outcome);
  }
  if ('thrown' in outcome) throw outcome.thrown;
  return outcome.value;
}

/**
 * Executes an operation with graphql-js as if no code had to wait for anything. graphql-js then visits fields in the order of the
 * response, so that its errors do not depend on time: with promises, the first rejection in time decides which error a null reports.
 */
export async function executeSettled(
  args: ExecutionArgs & { readonly contextValue: Context },
): Promise<ExecutionResult> {
  const outcomes: Outcomes = new Map();
  const contextValue: SettledContext = { ...args.contextValue, outcomes };
  for (;;) {
    const result = execute({ ...args, contextValue, fieldResolver: resolveProperty });
    const isPending =
      result instanceof Promise ||
      [...outcomes.values()].some((outcome) => 'value' in outcome && hasPromise(outcome.value));
    if (!isPending) return result as ExecutionResult;
    await result;
    for (const [place, outcome] of outcomes) outcomes.set(place, await settled(outcome));
    args.contextValue.request.ledger.staleParts.length = 0;
  }
}

const hasPromise = (value: unknown): boolean =>
  value instanceof Promise || (Array.isArray(value) && value.some(hasPromise));

async function settled(outcome: { readonly value: unknown } | { readonly thrown: unknown }) {
  if ('thrown' in outcome) return outcome;
  try {
    return { value: await settledItems(await outcome.value) };
  } catch (thrown) {
    return { thrown };
  }
}

/** An error in a list stays there, as graphql-js expects it. */
async function settledItems(value: unknown): Promise<unknown> {
  if (!Array.isArray(value)) return value;
  return Promise.all(
    value.map(async (item) => {
      try {
        return await settledItems(await item);
      } catch (thrown) {
        return thrown;
      }
    }),
  );
}
