import { type GraphQLOutputType, getNullableType, isLeafType, isListType, isNonNullType } from 'graphql';
import { isInherited } from '../inherited.ts';
import type { FieldPlan, ObjectPlan, OperationPlan } from './operation-plan.ts';
import type { PlanRun } from './plan-run.ts';

/** Builds one object of the response: from the object that the fields read, its place in its column, and the run. */
type Build = (object: unknown, place: number, run: PlanRun) => Record<string, unknown>;

const builds = new WeakMap<ObjectPlan, Build>();

/**
 * Builds the data of a run without errors, with a generated function for each selection. Throws if any value is not as the schema promises:
 * completeResponse then builds the response of the same run.
 */
export function buildData(run: PlanRun): Record<string, unknown> {
  return buildOf(run.plan.root)(undefined, 0, run);
}

/** Generates the functions of a plan now, instead of at its first run. */
export function compilePlan({ root }: OperationPlan): void {
  buildOf(root);
}

function buildOf(plan: ObjectPlan): Build {
  let build = builds.get(plan);
  if (!build) {
    build = new Generator().build(plan);
    builds.set(plan, build);
  }
  return build;
}

/** Builds an object whose type is found during the run. */
function buildTyped(field: FieldPlan, object: unknown, number: number, run: PlanRun): unknown {
  const typed = run.objects[field.slot]?.typed?.[number];
  if (!typed || 'error' in typed) throw unexpected();
  return buildOf(typed.plan)(object, typed.place, run);
}

const unexpected = (): Error => new Error('A value is not as the schema promises.');

/** Generates the source of one function. Everything but literals reaches it as a parameter: names of callers become JSON strings. */
class Generator {
  readonly #constants = new Map<unknown, string>();
  #variables = 0;

  build({ fields }: ObjectPlan): Build {
    const body = fields.map((field) => this.#field(field));
    const entries = fields.map(({ key }, index) => `[${JSON.stringify(key)}]: ${body[index]?.variable}`);
    const source = `'use strict';
return function build(object, place, run) {
${body.map(({ code }) => code).join('\n')}
return { ${entries.join(', ')} };
};`;
    return new Function(...this.#constants.values(), source)(...this.#constants.keys()) as Build;
  }

  #constant(value: unknown): string {
    const name = this.#constants.get(value) ?? `k${this.#constants.size}`;
    this.#constants.set(value, name);
    return name;
  }

  #variable(): string {
    this.#variables += 1;
    return `v${this.#variables}`;
  }

  #field(field: FieldPlan): { readonly code: string; readonly variable: string } {
    const variable = this.#variable();
    const { definition, step, below, hasColumn, slot } = field;
    const next =
      below && (below.type === undefined || below.of(below.type).columns.length > 0) ? this.#variable() : undefined;
    const code = [
      `let ${variable} = ${hasColumn ? `run.columns[${slot}][place]` : this.#read(field)};`,
      ...(next ? [`let ${next} = run.objects[${slot}].first[place];`] : []),
      // graphql-js has completed the result of introspection.
      ...(step.kind === 'introspection' ? [] : [this.#complete(field, definition.type, variable, next)]),
    ];
    return { code: code.join('\n'), variable };
  }

  #read(field: FieldPlan): string {
    const { step, parentType } = field;
    switch (step.kind) {
      case 'typename':
        return JSON.stringify(parentType.name);
      case 'property': {
        const name = JSON.stringify(step.name);
        return isInherited(step.name)
          ? `Object.hasOwn(object, ${name}) ? object[${name}] : undefined`
          : `object[${name}]`;
      }
      case 'value':
        return `${this.#constant(step.read)}(object, run.argumentsOf(${this.#constant(field)}), run.context)`;
      default:
        throw new Error(`${parentType.name}.${field.definition.name} has no column.`);
    }
  }

  /** Code that replaces the value of a variable by its completion. `next` is the variable with the number of the next object. */
  #complete(field: FieldPlan, type: GraphQLOutputType, variable: string, next: string | undefined): string {
    const nullable = getNullableType(type);
    const unexpectedValue = `throw ${this.#constant(unexpected)}();`;
    const otherwise = isNonNullType(type) ? unexpectedValue : `${variable} = null;`;
    return `if (${variable} === null || ${variable} === undefined) { ${otherwise} }
else { ${this.#completeNonNull(field, nullable, variable, next, unexpectedValue)} }`;
  }

  #completeNonNull(
    field: FieldPlan,
    type: GraphQLOutputType,
    variable: string,
    next: string | undefined,
    unexpectedValue: string,
  ): string {
    if (isListType(type)) {
      const [items, item, index] = [this.#variable(), this.#variable(), this.#variable()];
      return `if (!Array.isArray(${variable})) { ${unexpectedValue} }
const ${items} = new Array(${variable}.length);
for (let ${index} = 0; ${index} < ${variable}.length; ${index} += 1) {
let ${item} = ${variable}[${index}];
${this.#complete(field, type.ofType, item, next)}
${items}[${index}] = ${item};
}
${variable} = ${items};`;
    }
    if (isLeafType(type)) return this.#completeLeaf(type.name, this.#constant(type), variable, unexpectedValue);
    const number = next ? `${next}++` : '0';
    const { below } = field;
    const checked = `if (typeof ${variable} !== 'object' || ${variable} instanceof Error) { ${unexpectedValue} }\n`;
    return below?.type
      ? `${checked}${variable} = ${this.#constant(buildOf(below.of(below.type)))}(${variable}, ${number}, run);`
      : `${checked}${variable} = ${this.#constant(buildTyped)}(${this.#constant(field)}, ${variable}, ${number}, run);`;
  }

  /** The usual values of the built-in scalars are their own completion. */
  #completeLeaf(name: string, type: string, variable: string, unexpectedValue: string): string {
    const serialize = `{ if (${variable} instanceof Error) ${unexpectedValue} ${variable} = ${type}.serialize(${variable}); if (${variable} === null || ${variable} === undefined) ${unexpectedValue} }`;
    const isUsual = USUAL[name]?.(variable);
    return isUsual ? `if (!(${isUsual})) ${serialize}` : serialize;
  }
}

const USUAL: Readonly<Record<string, ((variable: string) => string) | undefined>> = {
  String: (variable) => `typeof ${variable} === 'string'`,
  ID: (variable) => `typeof ${variable} === 'string'`,
  Int: (variable) => `(${variable} | 0) === ${variable}`,
  Float: (variable) => `typeof ${variable} === 'number' && ${variable} - ${variable} === 0`,
  Boolean: (variable) => `typeof ${variable} === 'boolean'`,
};
