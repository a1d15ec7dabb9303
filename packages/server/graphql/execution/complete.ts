import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLOutputType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  locatedError,
} from 'graphql';
import { noteStale } from '../fields/load.ts';
import { isError, propertyOf } from './column.ts';
import { depthOf, type FieldPlan, forEachObject, type ObjectPlan } from './operation-plan.ts';
import type { PlanRun } from './plan-run.ts';

/** Builds the response of a run whose values are not all as the schema promises, with an error for each that is not. */
export function completeResponse(run: PlanRun): ExecutionResult {
  const completion = new Completion(run);
  let data: Record<string, unknown> | null = null;
  try {
    data = completion.object(run.plan.root, undefined, 0);
  } catch (error) {
    completion.errors.push(error as GraphQLError);
  }
  return completion.errors.length > 0 ? { data, errors: completion.errors } : { data };
}

/** The number of objects of a field's column that are completed so far. */
interface Cursor {
  next: number;
}

/**
 * Completes values as the GraphQL specification says in section 6.4: an error makes its field null; a null in a non-null field is an error
 * of the field around it. It visits the fields of an object in the order of the response, and leaves the object at its first error.
 */
class Completion {
  readonly errors: GraphQLError[] = [];
  readonly #run: PlanRun;
  readonly #path: (string | number)[] = [];

  constructor(run: PlanRun) {
    this.#run = run;
  }

  object(plan: ObjectPlan, object: unknown, place: number): Record<string, unknown> {
    const completed = Object.create(null);
    for (const field of plan.fields) completed[field.key] = this.#field(field, object, place);
    return completed;
  }

  #field(field: FieldPlan, parent: unknown, place: number): unknown {
    const { definition, key } = field;
    return this.#at(key, field, definition.type, () => {
      const value = field.hasColumn ? this.#columnValue(field, place) : this.#read(field, parent);
      return this.#value(definition.type, field, value, { next: this.#run.objects[field.slot]?.first[place] ?? 0 });
    });
  }

  #columnValue({ slot, step }: FieldPlan, place: number): unknown {
    const value = this.#run.columns[slot]?.[place];
    if (step.kind === 'row' || step.kind === 'page') {
      const loaded = this.#run.loaded[slot]?.[place];
      if (typeof loaded === 'object') noteStale(loaded, this.#run.context, this.#path);
    }
    return value;
  }

  #read(field: FieldPlan, parent: unknown): unknown {
    const { step, parentType } = field;
    if (step.kind === 'typename') return parentType.name;
    if (step.kind === 'property') return propertyOf(parent, step.name);
    if (step.kind === 'value') return step.read(parent, this.#run.argumentsOf(field), this.#run.context);
    throw new Error(`${parentType.name}.${field.definition.name} has no column.`);
  }

  /** Runs `complete` for the value at a key of the response. Its error is reported here if the type is nullable, and above otherwise. */
  #at(key: string | number, { nodes }: FieldPlan, type: GraphQLOutputType, complete: () => unknown): unknown {
    const path = this.#path;
    path.push(key);
    try {
      return complete();
    } catch (error) {
      const located = locatedError(error, nodes, [...path]);
      if (isNonNullType(type)) throw located;
      this.errors.push(located);
      return null;
    } finally {
      path.pop();
    }
  }

  #value(type: GraphQLOutputType, field: FieldPlan, value: unknown, cursor: Cursor): unknown {
    if (isError(value)) throw value;
    // graphql-js has completed it.
    if (field.step.kind === 'introspection') return value;
    const nullable = getNullableType(type);
    const completed = value === null || value === undefined ? null : this.#nonNull(nullable, field, value, cursor);
    if (completed === null && isNonNullType(type)) {
      const { parentType, definition } = field;
      throw new Error(`Cannot return null for non-nullable field ${parentType.name}.${definition.name}.`);
    }
    return completed;
  }

  #nonNull(type: GraphQLOutputType, field: FieldPlan, value: unknown, cursor: Cursor): unknown {
    if (isListType(type)) return this.#list(type.ofType, field, value, cursor);
    if (isLeafType(type)) {
      const serialized = type.serialize(value);
      if (serialized === null || serialized === undefined) {
        throw new Error(`Expected \`${type.name}.serialize\` to return a value.`);
      }
      return serialized;
    }
    const number = cursor.next;
    cursor.next += 1;
    const { below, slot } = field;
    if (below?.type) return this.object(below.of(below.type), value, number);
    const typed = this.#run.objects[slot]?.typed?.[number];
    if (!typed || 'error' in typed) throw typed?.error ?? new Error('The object has no type.');
    return this.object(typed.plan, value, typed.place);
  }

  #list(itemType: GraphQLOutputType, field: FieldPlan, value: unknown, cursor: Cursor): unknown[] {
    if (!Array.isArray(value)) {
      const { parentType, definition } = field;
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${parentType.name}.${definition.name}".`,
      );
    }
    const depth = depthOf(itemType);
    return Array.from(value, (item, index) => {
      const start = cursor.next;
      const completed = this.#at(index, field, itemType, () => this.#value(itemType, field, item, cursor));
      // A list that became null was left early: the objects behind the error are numbered too.
      if (completed === null && depth > 0) {
        cursor.next = start;
        forEachObject(item, depth, () => {
          cursor.next += 1;
        });
      }
      return completed;
    });
  }
}
