import type { Change, ChangeType } from '@graphql-inspector/core';
import {
  type GraphQLArgument,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isTypeSubTypeOf,
  Kind,
  typeFromAST,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import type { FieldUse, Usage } from './coordinates.ts';
import type { Level } from './document.ts';

/** The severity of a schema change, and the documents that it concerns. */
export interface Verdict {
  readonly level: Level | 'safe';
  readonly concerns: (usage: Usage) => boolean;
}

type Type = (typeof ChangeType)[keyof typeof ChangeType];
type Rule = (change: Change, old: GraphQLSchema, now: GraphQLSchema) => Verdict;

/** Judges a difference that graphql-inspector found. Differences without a rule are unclear. */
export function verdictOn(change: Change, old: GraphQLSchema, now: GraphQLSchema): Verdict {
  if (String(change.type).includes('DESCRIPTION')) return SAFE;
  if (String(change.type).startsWith('DIRECTIVE_USAGE_')) return usageOfDirective(change);
  const rule = RULES[change.type as Type];
  return rule ? rule(change, old, now) : { level: 'unclear', concerns: uses(change.path) };
}

const SAFE: Verdict = { level: 'safe', concerns: () => false };

const uses =
  (path: string | undefined) =>
  ({ names }: Usage): boolean =>
    // A change without a path concerns the whole schema.
    path === undefined || names.has(path);

const owner = (path = ''): string => path.split('.')[0] ?? '';
const field = (path = ''): string => path.split('.').slice(0, 2).join('.');

const safe: Rule = () => SAFE;
const breaking: Rule = ({ path }) => ({ level: 'breaking', concerns: uses(path) });
const notice: Rule = ({ path }) => ({ level: 'notice', concerns: uses(path) });
/** The meaning of schema directives is unknown. @deprecated is reported as a difference of its own. */
function usageOfDirective({ path }: Change): Verdict {
  const [coordinate = '', directive = ''] = path?.split('.@') ?? [];
  return directive.startsWith('deprecated') ? SAFE : { level: 'unclear', concerns: uses(coordinate) };
}

const RULES: Readonly<Partial<Record<Type, Rule>>> = {
  TYPE_ADDED: safe,
  FIELD_ADDED: safe,
  DIRECTIVE_ADDED: safe,
  DIRECTIVE_LOCATION_ADDED: safe,
  DIRECTIVE_REPEATABLE_ADDED: safe,
  FIELD_DEPRECATION_REMOVED: safe,
  FIELD_DEPRECATION_REASON_ADDED: safe,
  FIELD_DEPRECATION_REASON_CHANGED: safe,
  FIELD_DEPRECATION_REASON_REMOVED: safe,
  ENUM_VALUE_DEPRECATION_REASON_CHANGED: safe,
  ENUM_VALUE_DEPRECATION_REASON_REMOVED: safe,
  FIELD_DEPRECATION_ADDED: ({ path }) => ({ level: 'notice', concerns: uses(field(path)) }),
  ENUM_VALUE_DEPRECATION_REASON_ADDED: ({ path }) => ({ level: 'notice', concerns: uses(owner(path)) }),
  TYPE_REMOVED: breaking,
  TYPE_KIND_CHANGED: breaking,
  FIELD_REMOVED: breaking,
  FIELD_ARGUMENT_REMOVED: breaking,
  UNION_MEMBER_REMOVED: breaking,
  OBJECT_TYPE_INTERFACE_REMOVED: ({ path }, old, now) => ofInterfaces('breaking', owner(path), old, now),
  SCHEMA_QUERY_TYPE_CHANGED: breaking,
  SCHEMA_MUTATION_TYPE_CHANGED: breaking,
  SCHEMA_SUBSCRIPTION_TYPE_CHANGED: breaking,
  DIRECTIVE_REMOVED: breaking,
  DIRECTIVE_LOCATION_REMOVED: breaking,
  DIRECTIVE_REPEATABLE_REMOVED: breaking,
  DIRECTIVE_ARGUMENT_REMOVED: ({ path }) => ({ level: 'breaking', concerns: uses(owner(path)) }),
  DIRECTIVE_ARGUMENT_TYPE_CHANGED: ({ path }) => ({ level: 'breaking', concerns: uses(owner(path)) }),
  DIRECTIVE_ARGUMENT_DEFAULT_VALUE_CHANGED: ({ path }) => ({ level: 'notice', concerns: uses(owner(path)) }),
  DIRECTIVE_ARGUMENT_ADDED: ({ path }, old, now) => {
    const name = owner(path).replace('@', '');
    const were = old.getDirective(name)?.args.map((one) => one.name) ?? [];
    const needsMore = now.getDirective(name)?.args.some((one) => isRequiredArgument(one) && !were.includes(one.name));
    return needsMore ? { level: 'breaking', concerns: uses(owner(path)) } : SAFE;
  },
  // Clients may receive types or values that did not exist when the document was written.
  UNION_MEMBER_ADDED: notice,
  OBJECT_TYPE_INTERFACE_ADDED: ({ path }, old, now) => ofInterfaces('notice', owner(path), now, old),
  ENUM_VALUE_ADDED: ({ path }, old) =>
    isAnswered(old, owner(path)) ? { level: 'notice', concerns: uses(owner(path)) } : SAFE,
  // A service may still return the value, which then is an error.
  ENUM_VALUE_REMOVED: ({ path = '' }, old) => {
    const isSent = sends(old, path, (value) => value.kind === Kind.ENUM && path === `${owner(path)}.${value.value}`);
    return { level: 'breaking', concerns: (usage) => isSent(usage) || reads(old, owner(path), usage) };
  },
  INPUT_FIELD_REMOVED: ({ path }, old) => ({
    level: 'breaking',
    concerns: sends(old, path, (value) => memberOf(value, path) !== undefined),
  }),
  INPUT_FIELD_ADDED: ({ path }, old, now) =>
    isRequiredIn(now, path) ? { level: 'breaking', concerns: sends(old, path, () => true) } : SAFE,
  INPUT_FIELD_TYPE_CHANGED: inputField,
  INPUT_FIELD_DEFAULT_VALUE_CHANGED: inputField,
  FIELD_TYPE_CHANGED: (change, old, now) => {
    const [was, is] = [outputOf(old, change.path), outputOf(now, change.path)];
    return was && is && isNarrowerOutput(was, is, now) ? SAFE : breaking(change, old, now);
  },
  FIELD_ARGUMENT_ADDED: ({ path }, _, now) => {
    const added = argumentOf(now, path);
    return added && isRequiredArgument(added) ? { level: 'breaking', concerns: uses(field(path)) } : SAFE;
  },
  FIELD_ARGUMENT_TYPE_CHANGED: argument,
  FIELD_ARGUMENT_DEFAULT_CHANGED: argument,
};

/**
 * An argument whose type or default changed. graphql-inspector reports two differences if both changed. The type's verdict concerns the
 * uses that become invalid; the default's verdict concerns the remaining uses that rely on the default.
 */
function argument(change: Change, old: GraphQLSchema, now: GraphQLSchema): Verdict {
  const [was, is] = [argumentOf(old, change.path), argumentOf(now, change.path)];
  if (!was || !is) return breaking(change, old, now);
  const usesOf = ({ fields }: Usage): FieldUse[] =>
    fields.filter(({ coordinates }) => coordinates.includes(field(change.path)));
  const becomesRequired = isRequiredArgument(is) && !isRequiredArgument(was);
  if (isOfType(change, was, is, becomesRequired)) {
    if (!becomesRequired && isWiderInput(was.type, is.type)) return SAFE;
    return { level: 'breaking', concerns: (usage) => usesOf(usage).some((use) => isRefused(use, is, now)) };
  }
  const reliesOnDefault = (use: FieldUse) => takesDefault(use, is.name) && !isRefused(use, is, now);
  return { level: 'notice', concerns: (usage) => usesOf(usage).some(reliesOnDefault) };
}

/** Whether a difference restricts the allowed values. Removing a default makes a value required without changing its type. */
function isOfType(
  { type }: Change,
  was: { readonly type: GraphQLType },
  is: { readonly type: GraphQLType },
  becomesRequired: boolean,
): boolean {
  return String(type).endsWith('_TYPE_CHANGED') || (becomesRequired && String(was.type) === String(is.type));
}

function inputField(change: Change, old: GraphQLSchema, now: GraphQLSchema): Verdict {
  const [was, is] = [inputFieldOf(old, change.path), inputFieldOf(now, change.path)];
  if (!was || !is) return breaking(change, old, now);
  const becomesRequired = isRequiredInputField(is) && !isRequiredInputField(was);
  const refuses = (value: ValueNode) => {
    const member = memberOf(value, change.path);
    if (member === undefined) return isRequiredInputField(is);
    // A variable inside an object may have any value of its type.
    return member.kind === Kind.VARIABLE || valueFromAST(member, is.type) === undefined;
  };
  if (isOfType(change, was, is, becomesRequired)) {
    if (!becomesRequired && isWiderInput(was.type, is.type)) return SAFE;
    return { level: 'breaking', concerns: sends(old, change.path, refuses) };
  }
  const reliesOnDefault = (value: ValueNode) => {
    const member = memberOf(value, change.path);
    return (member === undefined && !isRequiredInputField(is)) || member?.kind === Kind.VARIABLE;
  };
  return { level: 'notice', concerns: sends(old, change.path, reliesOnDefault) };
}

/**
 * Concerns documents with a literal of the type in `path` for which `holds` is true. The values of variables are unknown, so documents
 * with a variable of that type, or of an input type that contains it, are always concerned.
 */
function sends(schema: GraphQLSchema, path: string | undefined, holds: (literal: ValueNode) => boolean) {
  const type = owner(path);
  return ({ literals, variableTypes }: Usage): boolean =>
    (literals.get(type) ?? []).some(holds) || [...variableTypes].some((name) => contains(schema, name, type));
}

/** Whether a document selects a field of this type. */
function reads(schema: GraphQLSchema, type: string, { fields }: Usage): boolean {
  return fields.some(({ coordinates }) =>
    coordinates.some((coordinate) => {
      const output = outputOf(schema, coordinate);
      return output !== undefined && getNamedType(output).name === type;
    }),
  );
}

/** Whether an input type is the given type or contains it at any depth. */
function contains(schema: GraphQLSchema, name: string, type: string, seen = new Set<string>()): boolean {
  if (name === type) return true;
  const holder = schema.getType(name);
  if (seen.has(name) || !isInputObjectType(holder)) return false;
  seen.add(name);
  return Object.values(holder.getFields()).some((each) => contains(schema, getNamedType(each.type).name, type, seen));
}

/** The value of the field in `path` in a literal input object. */
function memberOf(value: ValueNode, path = ''): ValueNode | undefined {
  if (value.kind !== Kind.OBJECT) return undefined;
  return value.fields.find(({ name }) => name.value === path.split('.')[1])?.value;
}

/** Whether a use that was valid passes a value that the argument does not accept any more. */
function isRefused({ given, variables }: FieldUse, argument: GraphQLArgument, now: GraphQLSchema): boolean {
  const value = given.get(argument.name);
  if (value === undefined) return isRequiredArgument(argument);
  if (value.kind !== Kind.VARIABLE) return valueFromAST(value, argument.type) === undefined;
  const variable = variables.get(value.name.value);
  const type = variable && typeFromAST(now, variable.type);
  if (!variable || !type) return true;
  if (!isNonNullType(argument.type) || isNonNullType(type)) return !isTypeSubTypeOf(now, type, argument.type);
  const hasDefault = variable.defaultValue !== undefined && variable.defaultValue.kind !== Kind.NULL;
  if (!hasDefault && argument.defaultValue === undefined) return true;
  return !isTypeSubTypeOf(now, type, argument.type.ofType);
}

/** Whether a use may rely on the argument's default: it omits the argument, or passes a variable that may be missing. */
function takesDefault({ given, variables }: FieldUse, name: string): boolean {
  const value: ValueNode | undefined = given.get(name);
  if (value === undefined) return true;
  const variable = value.kind === Kind.VARIABLE ? variables.get(value.name.value) : undefined;
  return variable !== undefined && variable.type.kind !== Kind.NON_NULL_TYPE && variable.defaultValue === undefined;
}

/** Whether the new type of an argument accepts every value of the old one. */
function isWiderInput(was: GraphQLType, is: GraphQLType): boolean {
  if (isNonNullType(is)) return isNonNullType(was) && isWiderInput(was.ofType, is.ofType);
  if (isNonNullType(was)) return isWiderInput(was.ofType, is);
  if (isListType(is)) return isListType(was) && isWiderInput(was.ofType, is.ofType);
  return !isListType(was) && getNamedType(was).name === getNamedType(is).name;
}

/** Whether every value of the new field type is also a value of the old one. */
function isNarrowerOutput(was: GraphQLType, is: GraphQLType, now: GraphQLSchema): boolean {
  if (isNonNullType(is)) return isNarrowerOutput(isNonNullType(was) ? was.ofType : was, is.ofType, now);
  if (isNonNullType(was)) return false;
  if (isListType(is)) return isListType(was) && isNarrowerOutput(was.ofType, is.ofType, now);
  if (isListType(was)) return false;
  const [wide, narrow] = [now.getType(getNamedType(was).name), now.getType(getNamedType(is).name)];
  if (wide && wide === narrow) return true;
  return isAbstractType(wide) && (isObjectType(narrow) || isInterfaceType(narrow)) && now.isSubType(wide, narrow);
}

/** Concerns documents that use an interface which the type implements in only one of the schemas. */
function ofInterfaces(level: Level, type: string, having: GraphQLSchema, lacking: GraphQLSchema): Verdict {
  const others = interfacesOf(lacking.getType(type));
  const own = interfacesOf(having.getType(type)).filter((name) => !others.includes(name));
  return { level, concerns: ({ names }) => own.some((name) => names.has(name)) };
}

const interfacesOf = (type: unknown): string[] =>
  isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().map(({ name }) => name) : [];

/** Whether an enum is the type of a field. */
function isAnswered(schema: GraphQLSchema, name: string): boolean {
  return Object.values(schema.getTypeMap()).some(
    (type) =>
      (isObjectType(type) || isInterfaceType(type)) &&
      Object.values(type.getFields()).some((each) => {
        const named = getNamedType(each.type);
        return isEnumType(named) && named.name === name;
      }),
  );
}

function fieldOf(schema: GraphQLSchema, path = '') {
  const [type = '', name = ''] = path.split('.');
  const holder = schema.getType(type);
  return isObjectType(holder) || isInterfaceType(holder) ? holder.getFields()[name] : undefined;
}

const outputOf = (schema: GraphQLSchema, path?: string): GraphQLType | undefined => fieldOf(schema, path)?.type;

function argumentOf(schema: GraphQLSchema, path = ''): GraphQLArgument | undefined {
  return fieldOf(schema, path)?.args.find(({ name }) => name === path.split('.')[2]);
}

function inputFieldOf(schema: GraphQLSchema, path = '') {
  const [type = '', name = ''] = path.split('.');
  const holder = schema.getType(type);
  return isInputObjectType(holder) ? holder.getFields()[name] : undefined;
}

function isRequiredIn(schema: GraphQLSchema, path?: string): boolean {
  const added = inputFieldOf(schema, path);
  return added !== undefined && isRequiredInputField(added);
}
