import type { GraphQLScalarType } from 'graphql';

/**
 * The type of a complete resolver map: `{ … } satisfies RequiredResolvers<Resolvers>`. A field is optional if its parent has a property of
 * its name and type, which is then read. All other fields are required. `Resolvers` is graphql-codegen's type.
 */
export type RequiredResolvers<Resolvers> = {
  [Type in keyof Resolvers as Needed<Resolvers[Type]> extends never ? never : Type]-?: Required<
    Pick<NonNullable<Resolvers[Type]>, Needed<Resolvers[Type]>>
  > &
    NonNullable<Resolvers[Type]>;
} & {
  [Type in keyof Resolvers as Needed<Resolvers[Type]> extends never ? Type : never]?: Resolvers[Type];
};

/** The names of a type's fields that need a resolver. */
type Needed<Type> =
  NonNullable<Type> extends GraphQLScalarType
    ? never
    : {
        [Name in keyof NonNullable<Type>]-?: NeededName<Name, NonNullable<NonNullable<Type>[Name]>>;
      }[keyof NonNullable<Type>];

type NeededName<Name, Resolve> = Name extends '__isTypeOf'
  ? never
  : Extract<Resolve, (...parameters: never[]) => unknown> extends (
        parent: infer Parent,
        ...rest: never[]
      ) => infer Result
    ? Name extends keyof Parent
      ? Parent[Name] extends Result | (null extends Result ? undefined : never)
        ? never
        : Name
      : Name
    : never;
