import {
  defaultTypeResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLIsTypeOfFn,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  getNullableType,
  isAbstractType,
  isIntrospectionType,
  isListType,
  isObjectType,
} from 'graphql';
import type { RequestContext } from '../../request/context.ts';
import { CallerGoneError, CodedError } from '../../request/errors.ts';
import { expiryOf } from '../../request/expiry.ts';
import { ResolverError, UnusableDataError } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { isInherited } from '../inherited.ts';
import { planOf } from '../plan.ts';

/**
 * Guards all hand-written code of a schema. The request's deadline bounds its promises. Anything that it throws, rejects with or returns
 * becomes a value or an error that an executor can handle.
 */
export function guardSchema(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    // All schemas share the types of introspection.
    if (isIntrospectionType(type)) continue;
    if (isAbstractType(type)) type.resolveType = guardTypeResolver(type.resolveType ?? defaultTypeResolver);
    if (!isObjectType(type)) continue;
    if (type.isTypeOf) type.isTypeOf = guardIsTypeOf(type.isTypeOf);
    for (const field of Object.values(type.getFields())) {
      if (field.resolve) field.resolve = guardResolver(field, field.resolve);
    }
  }
}

/** Fields that call services are not wrapped: the calls have their own deadlines and errors. */
function guardResolver(field: GraphQLField<unknown, Context>, resolve: Resolve): Resolve {
  const plan = planOf(field);
  // A field that only reads a property may read it from an object that a hand-written resolver returned.
  if (plan && (plan.runs === 'conversion' || (plan.runs === undefined && plan.calls.length > 0))) return resolve;
  const isList = isListType(getNullableType(field.type));
  return (parent, args, context, info) =>
    guarded(() => resolve(parent, args, guardedContext(context), info), context, isList);
}

function guardTypeResolver(resolve: GraphQLTypeResolver<unknown, Context>): GraphQLTypeResolver<unknown, Context> {
  return (value, context, info, type) => guarded(() => resolve(value, guardedContext(context), info, type), context);
}

function guardIsTypeOf(isTypeOf: GraphQLIsTypeOfFn<unknown, Context>): GraphQLIsTypeOfFn<unknown, Context> {
  return (value, context, info) => guarded(() => isTypeOf(value, guardedContext(context), info), context);
}

/** Guards the conversion of a row, which may be part of a field as data. */
export function guardConversion<Row, Result>(
  convert: (row: Row, context: Context) => Result,
): (row: Row, context: Context) => Result {
  return (row, context) => guarded(() => convert(row, context), context);
}

/**
 * Reads the property with the field's name, as graphql-js does by default, and calls it if it is a method. The object may come from a
 * hand-written resolver, so the property can be anything.
 */
export const resolveProperty: Resolve = (source, args, context, info) => {
  if ((typeof source !== 'object' && typeof source !== 'function') || source === null) return undefined;
  try {
    const value = isLanguageProperty(source, info.fieldName) ? undefined : Reflect.get(source, info.fieldName);
    if (typeof value === 'object') return settle(value, context);
    return typeof value === 'function'
      ? settle(value.call(source, args, guardedContext(context), info), context)
      : value;
  } catch (thrown) {
    throw toSafeError(thrown);
  }
};

type Resolve = GraphQLFieldResolver<unknown, Context>;

function guarded<Result>(run: () => Result, context: Context, isList = false): Result {
  try {
    return settle(run(), context, isList) as Result;
  } catch (thrown) {
    throw toSafeError(thrown);
  }
}

/** Whether an object has this property only because JavaScript's own prototypes have it. */
function isLanguageProperty(source: object, name: string): boolean {
  if (Array.isArray(source)) return !Object.hasOwn(source, name);
  if (!isInherited(name) || Object.hasOwn(source, name)) return false;
  return Reflect.get(source, name) === Reflect.get(Object.prototype, name) || name === 'constructor';
}

/**
 * Converts a resolver's value for an executor. A promise gets the deadline, and an error is thrown; so do the items of arrays. If the
 * schema has a list, any other iterable becomes an array first.
 */
function settle(value: unknown, context: Context, isList = false): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  if (isThenable(value)) return bounded(value, context, isList);
  if (isError(value)) throw toSafeError(value);
  if (Array.isArray(value)) return settleItems(value, context);
  return isList && isIterable(value) ? settleItems(Array.from(value), context) : value;
}

/** Copies the array only if an item changes: most arrays hold plain rows. */
function settleItems(items: readonly unknown[], context: Context): readonly unknown[] {
  let settled: unknown[] | undefined;
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'object' || item === null) continue;
    const settledItem = settleItem(item, context);
    if (settledItem === item) continue;
    settled ??= [...items];
    settled[index] = settledItem;
  }
  return settled ?? items;
}

/** An error stays in the array, so that the executor reports it for that item only. */
function settleItem(item: object, context: Context): unknown {
  try {
    return settle(item, context);
  } catch (thrown) {
    return toSafeError(thrown);
  }
}

function bounded(work: PromiseLike<unknown>, context: Context, isList: boolean): Promise<unknown> {
  const onLateRejection = (reason: unknown) => context.onLateRejection?.(toSafeError(reason));
  return expiryOf(context.request)
    .bound(work, onLateRejection)
    .then((value) => settle(value, context, isList))
    .catch((reason) => {
      throw toSafeError(reason);
    });
}

/** The error to report for a thrown value. Executors can read it safely. */
export function toSafeError(thrown: unknown): Error {
  return OWN_ERRORS.some((kind) => isInstance(thrown, kind)) ? (thrown as Error) : new ResolverError(thrown);
}

const OWN_ERRORS = [CodedError, CallerGoneError, UnusableDataError, ResolverError] as const;

/** `instanceof` that returns false for a proxy whose prototype trap throws. */
export function isInstance(value: unknown, kind: abstract new (...args: never[]) => unknown): boolean {
  try {
    return value instanceof kind;
  } catch {
    return false;
  }
}

/** `instanceof` misses errors of another realm; `Error.isError` misses proxies of errors. */
function isError(value: unknown): boolean {
  return isInstance(value, Error) || Error.isError(value);
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return 'then' in value && typeof value.then === 'function';
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** The context for hand-written code. Its signal also aborts at the deadline, when the field's result is no longer awaited. */
function guardedContext(context: Context): Context {
  let known = contexts.get(context);
  if (!known) {
    known = { ...context, request: new GuardedRequest(context.request) };
    contexts.set(context, known);
  }
  return known;
}

const contexts = new WeakMap<Context, Context>();

class GuardedRequest implements RequestContext {
  readonly #request: RequestContext;

  constructor(request: RequestContext) {
    this.#request = request;
  }

  get signal() {
    return expiryOf(this.#request).signal;
  }

  // Reading the identity makes the response private, so it is read on demand.
  get identity() {
    return this.#request.identity;
  }

  get requestId() {
    return this.#request.requestId;
  }

  get trace() {
    return this.#request.trace;
  }

  get deadline() {
    return this.#request.deadline;
  }

  get ledger() {
    return this.#request.ledger;
  }

  get locale() {
    return this.#request.locale;
  }

  get drills() {
    return this.#request.drills;
  }
}
