import {
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type { FieldPath } from '../../request/field-path.ts';
import type { FieldPlan, Run } from './operation-plan.ts';

/** The path of an object or a field in the response, as graphql-js passes it to resolvers. */
export type Path = (FieldPath & { readonly typename?: string | undefined }) | undefined;

/** What graphql-js passes to a field's resolver as its last argument. */
export function infoOf(run: Run, { definition, nodes, parentType }: FieldPlan, path: Path): GraphQLResolveInfo {
  const { schema, fragments, operation } = run.plan;
  return {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path: path as GraphQLResolveInfo['path'],
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues: run.variables as Record<string, unknown>,
  };
}

type TypeOrError = GraphQLObjectType | Error;

/**
 * The type of an object in a field's value as graphql-js finds it, by `__resolveType` and `__isTypeOf`, or the Error of an object without
 * a valid type. `path` is the object's.
 */
export function typeOf(run: Run, field: FieldPlan, object: unknown, path: Path): TypeOrError | Promise<TypeOrError> {
  const { definition, parentType } = field;
  const info = infoOf(run, field, fieldPath(path));
  const declared = getNamedType(definition.type);
  if (isObjectType(declared)) return checkedType(run, declared, object, info);
  if (!isAbstractType(declared) || !declared.resolveType) throw new Error(`${declared.name} has no resolveType.`);
  const named = declared.resolveType(object, run.context, info, declared);
  const check = (name: unknown) => {
    const { schema } = run.plan;
    const type = typeof name === 'string' ? schema.getType(name) : undefined;
    if (isObjectType(type) && schema.isSubType(declared, type)) return checkedType(run, type, object, info);
    return new GraphQLError(
      `A value of ${parentType.name}.${definition.name} has no type that ${declared.name} allows.`,
    );
  };
  return named instanceof Promise ? named.then(check) : check(named);
}

function checkedType(
  { context }: Run,
  type: GraphQLObjectType,
  object: unknown,
  info: GraphQLResolveInfo,
): TypeOrError | Promise<TypeOrError> {
  const isOfType = type.isTypeOf?.(object, context, info) ?? true;
  const check = (is: boolean) =>
    is ? type : new GraphQLError(`A value of ${info.parentType.name}.${info.fieldName} is not a ${type.name}.`);
  return isOfType instanceof Promise ? isOfType.then(check) : check(isOfType);
}

/** The path of the field that an object's path belongs to: without list indexes at its end. */
function fieldPath(path: Path): Path {
  let at = path;
  while (at && typeof at.key === 'number') at = at.prev;
  return at;
}
