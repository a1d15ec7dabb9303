import { type GraphQLError, isNonNullType, isObjectType } from 'graphql';
import type { Context } from '../context.ts';
import { resolveProperty, toSafeError } from '../schema/guard.ts';
import { attemptAll, type Column, isError, propertyOf, settledAll } from './column.ts';
import { infoOf, type Path, typeOf } from './object-types.ts';
import {
  type FieldPlan,
  forEachObject,
  type ObjectPlan,
  type OperationPlan,
  type Run,
  type Variables,
} from './operation-plan.ts';

/** The objects that a field's values contain, and where they are in the columns of their types. */
export interface Objects {
  /** For each value of the field's column: the number of objects in the values before it. */
  readonly first: readonly number[];
  /** For each object: its plan and its place there. Undefined if the type is known from the plan: object 7 is then at place 7. */
  readonly typed: readonly TypedObject[] | undefined;
}

/** An object of an abstract type, or the reason why it has no type. */
export type TypedObject = { readonly plan: ObjectPlan; readonly place: number } | { readonly error: Error };

/**
 * One run of a plan: it gets the values of all fields that need calls or hand-written code, column by column. A column is started as soon
 * as the objects are known that it belongs to, and is ready when all of its values are. The run ends when all columns are ready.
 */
export class PlanRun implements Run {
  readonly plan: OperationPlan;
  readonly context: Context;
  readonly variables: Variables;
  /** By slot of a field. */
  readonly columns: Column[] = [];
  /** What the field's rows and pages were before their conversion, by slot of a field. */
  readonly loaded: Column[] = [];
  /** By slot of a field. */
  readonly objects: Objects[] = [];
  /** By slot of a field: its arguments, or the error of their coercion. */
  readonly #arguments: (Readonly<Record<string, unknown>> | Error)[] = [];
  /** Whether any value is an Error. */
  hasErrors = false;
  #pending = 0;
  #end: PromiseWithResolvers<void> | undefined;

  constructor(plan: OperationPlan, context: Context, variables: Variables) {
    this.plan = plan;
    this.context = context;
    this.variables = variables;
  }

  /** Gets all columns. Undefined if no value had to be waited for. It rejects only because of a defect in Facet. */
  fetch(): Promise<void> | undefined {
    const { root, operation } = this.plan;
    // The fields of a mutation run one after the other (GraphQL specification, section 6.2.2).
    if (operation.operation === 'mutation') return this.#fetchSerially(root.columns);
    for (const field of root.columns) this.#start(field, ROOT, NO_PATHS);
    return this.#ended();
  }

  /** The arguments of a field. Throws the error of their coercion. */
  argumentsOf(field: FieldPlan): Readonly<Record<string, unknown>> {
    let known = this.#arguments[field.slot];
    if (known === undefined) {
      known = this.#coerced(field);
      this.#arguments[field.slot] = known;
    }
    if (known instanceof Error) throw known;
    return known;
  }

  #coerced(field: FieldPlan): Readonly<Record<string, unknown>> | Error {
    try {
      return field.argumentsOf(this.variables);
    } catch (error) {
      return error as GraphQLError;
    }
  }

  async #fetchSerially(fields: readonly FieldPlan[]): Promise<void> {
    for (const field of fields) {
      this.#start(field, ROOT, NO_PATHS);
      await this.#ended();
      const [value = null] = this.columns[field.slot] ?? [];
      // The response has no data then: the fields that follow must not act any more.
      if (isNonNullType(field.definition.type) && (value === null || isError(value))) return;
    }
  }

  #ended(): Promise<void> | undefined {
    if (this.#pending === 0) return undefined;
    this.#end = Promise.withResolvers();
    return this.#end.promise;
  }

  /** Continues with a value now, or when its promise resolves. The promise must not reject. */
  #whenReady<Value>(value: Value | Promise<Value>, then: (value: Value) => void): void {
    if (!(value instanceof Promise)) {
      then(value);
      return;
    }
    this.#pending += 1;
    value.then(then).then(
      () => {
        this.#pending -= 1;
        if (this.#pending === 0) this.#end?.resolve();
      },
      (defect: unknown) => this.#end?.reject(defect),
    );
  }

  /** Starts a field for the objects of its column. */
  #start(field: FieldPlan, parents: readonly unknown[], paths: Paths): void {
    this.#whenReady(this.#valuesOf(field, parents, paths), (column) => {
      this.columns[field.slot] = column;
      for (const value of column) if (isError(value)) this.hasErrors = true;
      if (field.below) this.#enter(field, column, paths);
    });
  }

  #valuesOf(field: FieldPlan, parents: readonly unknown[], paths: Paths): Column | Promise<Column> {
    const { step } = field;
    const { context } = this;
    let given: Readonly<Record<string, unknown>>;
    try {
      given = this.argumentsOf(field);
    } catch (error) {
      return parents.map(() => error);
    }
    switch (step.kind) {
      case 'introspection':
        return attemptAll(parents, () => step.read(this.variables));
      case 'typename':
        return parents.map(() => field.parentType.name);
      case 'property':
        return parents.map((parent) => propertyOf(parent, step.name));
      case 'value':
        return attemptAll(parents, (parent) => step.read(parent, given, context));
      case 'row': {
        const keys = attemptAll(parents, (parent) => step.key(parent, given, context));
        const rows = context.loaders.loadAll(step.endpoint, keys, field.info, step.chosenBy);
        return rows instanceof Promise ? rows.then((all) => this.#converted(field, all)) : this.#converted(field, rows);
      }
      case 'page': {
        const pages = attemptAll(parents, (parent) => step.load(parent, given, context, field.info).catch(toSafeError));
        return Promise.all(pages).then((all) => this.#converted(field, all));
      }
      default:
        return settledAll(
          attemptAll(parents, (parent, index) => this.#resolved(field, parent, paths[index])),
          field.depth,
          context.request,
        );
    }
  }

  /** The values that a field has of its rows or pages. */
  #converted({ step, slot, depth }: FieldPlan, loaded: Column): Column | Promise<Column> {
    this.loaded[slot] = loaded;
    if ((step.kind !== 'row' && step.kind !== 'page') || !step.convert) return loaded;
    const convert = step.convert as (value: object, context: Context) => unknown;
    const values = attemptAll(loaded, (value) =>
      value === null || isError(value) ? value : convert(value as object, this.context),
    );
    return step.kind === 'page' ? values : settledAll(values, depth, this.context.request);
  }

  #resolved(field: FieldPlan, parent: unknown, path: Path): unknown {
    const { definition, key, parentType } = field;
    const info = infoOf(this, field, { prev: path, key, typename: parentType.name });
    const resolve = definition.resolve ?? resolveProperty;
    // Each call gets arguments of its own, because hand-written code may change them.
    return resolve(parent, field.argumentsOf(this.variables), this.context, info);
  }

  /** Numbers the objects in a column, and starts the fields below them. */
  #enter(field: FieldPlan, column: Column, paths: Paths): void {
    const { below, depth, key, parentType } = field;
    const first: number[] = [];
    const objects: unknown[] = [];
    for (const value of column) {
      first.push(objects.length);
      forEachObject(value, depth, (object) => objects.push(object));
    }
    const needsPaths = below?.type === undefined || below.of(below.type).needsPaths;
    const objectPaths = needsPaths
      ? column.flatMap((value, index) => pathsIn(value, depth, { prev: paths[index], key, typename: parentType.name }))
      : [];
    if (below?.type) {
      this.objects[field.slot] = { first, typed: undefined };
      this.#startAll(below.of(below.type), objects, objectPaths);
      return;
    }
    const types = settledAll(
      attemptAll(objects, (object, index) => typeOf(this, field, object, objectPaths[index])),
      0,
      this.context.request,
    );
    this.#whenReady(types, (known) => {
      this.objects[field.slot] = { first, typed: this.#enterTyped(field, objects, known, objectPaths) };
    });
  }

  #startAll(plan: ObjectPlan, objects: readonly unknown[], paths: Paths): void {
    if (objects.length === 0) return;
    for (const field of plan.columns) this.#start(field, objects, paths);
  }

  /** Divides objects by their types, and starts the fields of each type. */
  #enterTyped(field: FieldPlan, objects: readonly unknown[], types: Column, paths: Paths): readonly TypedObject[] {
    const groups = new Map<ObjectPlan, { readonly objects: unknown[]; readonly paths: Path[] }>();
    const typed = types.map((type, index): TypedObject => {
      if (!isObjectType(type)) {
        this.hasErrors = true;
        return { error: type as Error };
      }
      const plan = (field.below as NonNullable<FieldPlan['below']>).of(type);
      const group = groups.get(plan) ?? { objects: [], paths: [] };
      groups.set(plan, group);
      const place = group.objects.push(objects[index]) - 1;
      group.paths.push(paths[index]);
      return { plan, place };
    });
    for (const [plan, group] of groups) this.#startAll(plan, group.objects, group.paths);
    return typed;
  }
}

type Paths = readonly Path[];

const NO_PATHS: Paths = [];
const ROOT: readonly unknown[] = [undefined];

/** The paths of the objects in a value, as forEachObject visits them. */
function pathsIn(value: unknown, depth: number, path: Path & object): (Path & object)[] {
  if (value === null || value === undefined || isError(value)) return [];
  if (depth === 0) return [path];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, key) => pathsIn(item, depth - 1, { prev: path, key }));
}
