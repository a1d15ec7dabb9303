import type { GraphQLScalarType } from 'graphql';

/**
 * A client's resolver map in which nothing is forgotten. A field may be left out where its parent has a property of its
 * own name and type, which is then read; every other field has to be there, or the map does not compile.
 *
 * `Resolvers` is the map that graphql-codegen makes.
 */
export type RequiredResolvers<Resolvers> = {
  [Type in keyof Resolvers as Needed<Resolvers[Type]> extends never ? never : Type]-?: Required<
    Pick<NonNullable<Resolvers[Type]>, Needed<Resolvers[Type]>>
  > &
    NonNullable<Resolvers[Type]>;
} & {
  [Type in keyof Resolvers as Needed<Resolvers[Type]> extends never ? Type : never]?: Resolvers[Type];
};

/** Names of the fields of a type that need a resolver. */
type Needed<Type> =
  NonNullable<Type> extends GraphQLScalarType
    ? never
    : {
        [Name in keyof NonNullable<Type>]-?: NeededName<Name, NonNullable<NonNullable<Type>[Name]>>;
      }[keyof NonNullable<Type>];

type NeededName<Name, Resolve> = Name extends '__isTypeOf'
  ? never
  : Resolve extends (parent: infer Parent, ...rest: never[]) => infer Result
    ? Name extends keyof Parent
      ? Parent[Name] extends Result | (null extends Result ? undefined : never)
        ? never
        : Name
      : Name
    : never;
