import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLTypeResolver,
  getNullableType,
  isListType,
} from 'graphql';
import type { RequestContext } from '../request/context.ts';
import { CallerGoneError, CodedError } from '../request/errors.ts';
import { expiryOf } from '../request/expiry.ts';
import { ResolverError, UnusableDataError } from './answer-error.ts';
import type { Context } from './context.ts';
import { isInherited } from './inherited.ts';
import { planOf, withPlan } from './plan.ts';

type Resolve = GraphQLFieldResolver<unknown, Context>;
type ResolveType = GraphQLTypeResolver<unknown, Context>;

/**
 * A field's resolver in which code written by hand is bounded by the request's deadline, and may throw, reject with or return any value.
 * Resolvers that call services are passed through: the calls have bounds of their own, and their errors are ours.
 */
export function guardResolver(resolve: Resolve, type: GraphQLOutputType): Resolve {
  const plan = planOf(resolve, '');
  // A field that reads a property may read it of an object that a resolver written by hand made.
  if (plan && (plan.runs === 'conversion' || (plan.runs === undefined && plan.calls.length > 0))) return resolve;
  const isList = isListType(getNullableType(type));
  const guarded: Resolve = (parent, args, context, info) => {
    try {
      return settle(resolve(parent, args, guardedContext(context), info), context, isList);
    } catch (thrown) {
      throw toSafeError(thrown);
    }
  };
  return plan ? withPlan(plan, guarded) : guarded;
}

/** The same for the resolver that names the type of an interface's or union's values. */
export function guardTypeResolver(resolve: ResolveType): ResolveType {
  return (value, context, info, type) => {
    try {
      return settle(resolve(value, guardedContext(context), info, type), context) as ReturnType<ResolveType>;
    } catch (thrown) {
      throw toSafeError(thrown);
    }
  };
}

/** The same for a conversion of a row, which may be part of a resolver made of data. */
export function guardConversion<Row, Result>(
  convert: (row: Row, context: Context) => Result,
): (row: Row, context: Context) => Result {
  return (row, context) => {
    try {
      return settle(convert(row, context), context) as Result;
    } catch (thrown) {
      throw toSafeError(thrown);
    }
  };
}

/**
 * Reads the property of a field's own name, as graphql-js does by default, and calls it if it is a method. The object may come from a
 * resolver written by hand, so that the property can be anything.
 */
export const resolveProperty: Resolve = (source, args, context, info) => {
  if ((typeof source !== 'object' && typeof source !== 'function') || source === null) return undefined;
  try {
    const value = inheritedByAll(source, info.fieldName) ? undefined : Reflect.get(source, info.fieldName);
    if (typeof value === 'object') return settle(value, context);
    return typeof value === 'function'
      ? settle(value.call(source, args, guardedContext(context), info), context)
      : value;
  } catch (thrown) {
    throw toSafeError(thrown);
  }
};

/** Whether only the language itself gives an object a property of this name: no row and no class of the client's has it. */
function inheritedByAll(source: object, name: string): boolean {
  if (Array.isArray(source)) return !Object.hasOwn(source, name);
  if (!isInherited(name) || Object.hasOwn(source, name)) return false;
  return Reflect.get(source, name) === Reflect.get(Object.prototype, name) || name === 'constructor';
}

/**
 * A resolver's value as an executor can complete it: a promise becomes one that the deadline bounds, and an error is thrown. The same
 * holds for the items of arrays; where the schema has a list, any other iterable is read into an array first.
 */
function settle(value: unknown, context: Context, isList = false): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
  if (isThenable(value)) return bounded(value, context, isList);
  if (isError(value)) throw toSafeError(value);
  if (Array.isArray(value)) return settleItems(value, context);
  return isList && isIterable(value) ? settleItems(Array.from(value), context) : value;
}

/** Most arrays hold plain rows and are passed on as they are. */
function settleItems(items: readonly unknown[], context: Context): readonly unknown[] {
  let settled: unknown[] | undefined;
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'object' || item === null) continue;
    const itself = settleItem(item, context);
    if (itself === item) continue;
    settled ??= [...items];
    settled[index] = itself;
  }
  return settled ?? items;
}

/** An error stays in its place, where the executor makes it an error of that item alone. */
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

function toSafeError(thrown: unknown): Error {
  return OURS.some((kind) => isInstance(thrown, kind)) ? (thrown as Error) : new ResolverError(thrown);
}

const OURS = [CodedError, CallerGoneError, UnusableDataError, ResolverError] as const;

/** A proxy may throw when it is asked for its prototype. */
function isInstance(value: unknown, kind: abstract new (...args: never[]) => unknown): boolean {
  try {
    return value instanceof kind;
  } catch {
    return false;
  }
}

/** `instanceof` does not know the errors of another realm, and `Error.isError` does not know their proxies. */
function isError(value: unknown): boolean {
  return isInstance(value, Error) || Error.isError(value);
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return 'then' in value && typeof value.then === 'function';
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

/** A context whose signal is aborted at the deadline too: nobody waits any longer for what a resolver written by hand asks for. */
function guardedContext(context: Context): Context {
  let guarded = contexts.get(context);
  if (!guarded) {
    guarded = { ...context, request: new GuardedRequest(context.request) };
    contexts.set(context, guarded);
  }
  return guarded;
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

  // Who asks for the identity makes the answer private, so it must not be read before.
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
