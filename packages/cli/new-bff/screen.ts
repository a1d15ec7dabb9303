import type { Argument, Field, PropertyField, Section, Starter } from './model.ts';
import { fitted } from './print.ts';

/** A field that a screen selects, with the fields below it. */
export interface Selected {
  readonly field: Field | undefined;
  readonly below: readonly Selected[];
}

/** How deep a screen selects the objects of a row that has no values of its own. */
const MAX_DEPTH = 3;

/** The fields of a type that the starter's screen shows: its values, and amounts. `__typename` (undefined) if it has none. */
export function selectionOf(starter: Starter, typeName: string, depth = 0): Selected[] {
  const fields = starter.types.find(({ name }) => name === typeName)?.fields ?? [];
  const values = fields.filter((field) => field.kind === 'money' || isValue(field));
  if (values.length > 0) return values.map((field) => ({ field, below: [] }));
  const object = fields.find(
    (field): field is PropertyField => field.kind === 'property' && !field.isLeaf && !field.isList,
  );
  if (object === undefined || depth === MAX_DEPTH) return [{ field: undefined, below: [] }];
  return [{ field: object, below: selectionOf(starter, object.named, depth + 1) }];
}

const isValue = (field: Field): boolean => field.kind === 'property' && field.isLeaf && !field.isList;

/** A variable of the screen. */
export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly default?: number;
  readonly example: string | number | boolean;
}

/**
 * The variables of the screen: `first` for all lists with a page size, if one size suits all of them, and one for each required argument.
 */
export function variablesOf({ sections }: Starter): Variable[] {
  const all = sections.flatMap((section) => section.arguments.map((argument) => ({ section, argument })));
  const sizes = all.flatMap(({ argument }) => (argument.range && argument.default !== undefined ? [argument] : []));
  const size = Math.min(...sizes.map((argument) => argument.default ?? 1));
  const isCommon = sizes.length > 0 && sizes.every(({ range }) => (range?.min ?? 1) <= size);
  const required = all.flatMap(({ section, argument }): Variable[] =>
    argument.example === undefined
      ? []
      : [{ name: variableOf(sections, section, argument), type: argument.type, example: argument.example }],
  );
  return [...(isCommon ? [{ name: 'first', type: 'Int!', default: size, example: size }] : []), ...required];
}

/** Required arguments of the same name in several sections have variables of their own. */
function variableOf(sections: readonly Section[], section: Section, { name }: Argument): string {
  const same = sections.flatMap((each) => each.arguments.filter((other) => other.name === name));
  return same.length === 1 ? name : `${section.name}_${name}`;
}

/** The document of the screen Start. */
export function screenOf(starter: Starter): string {
  const variables = variablesOf(starter);
  const definitions = variables.map(
    ({ name, type, default: fallback }) => `$${name}: ${type}${fallback === undefined ? '' : ` = ${fallback}`}`,
  );
  const head =
    definitions.length === 0
      ? 'query Start'
      : fitted('query Start(', definitions, ')', { separator: '', trailing: '' });
  const sections = starter.sections.map((section) => {
    const given = section.arguments.flatMap((argument) => {
      const name = argument.example === undefined ? argument.name : variableOf(starter.sections, section, argument);
      return variables.some((variable) => variable.name === name) ? [`${argument.name}: $${name}`] : [];
    });
    const field = given.length === 0 ? section.name : `${section.name}(${given.join(', ')})`;
    return `    ${field} {\n${linesOf(selectionOf(starter, section.type), '      ')}    }\n`;
  });
  const body = sections.length === 0 ? '    hello\n' : sections.join('');
  return `${head} {\n  start {\n${body}  }\n}\n`;
}

function linesOf(selection: readonly Selected[], indent: string): string {
  const lines = selection.map(({ field, below }) => {
    if (field === undefined) return `${indent}__typename\n`;
    if (field.kind === 'money') return `${indent}${field.name} {\n${indent}  formatted\n${indent}}\n`;
    if (below.length === 0) return `${indent}${field.name}\n`;
    return `${indent}${field.name} {\n${linesOf(below, `${indent}  `)}${indent}}\n`;
  });
  return lines.join('');
}
