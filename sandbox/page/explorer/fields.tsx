import { useGraphiQL } from '@graphiql/react';
import { type GraphQLField, type GraphQLNamedType, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import type { Query } from './edit.ts';
import { ExplorerNode } from './node.tsx';
import { onType, type Path } from './place.ts';

export interface Within {
  readonly path: Path;
  readonly query: Query;
  readonly onEdit: (text: string) => void;
}

/** All that can be selected of a type: its fields, and the types that it may turn out to be. */
export function FieldsOf({ type, path, query, onEdit }: Within & { readonly type: GraphQLNamedType }) {
  const schema = useGraphiQL((state) => state.schema);
  const fields: GraphQLField<unknown, unknown>[] =
    isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const types = schema && isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  return (
    <ul className="facet-fields">
      {fields.map((field) => (
        <ExplorerNode
          key={field.name}
          name={field.name}
          type={field.type}
          args={field.args}
          description={field.description}
          path={[...path, field.name]}
          query={query}
          onEdit={onEdit}
        />
      ))}
      {types.map((possible) => (
        <ExplorerNode
          key={possible.name}
          name={onType(possible.name)}
          type={possible}
          args={[]}
          description={possible.description}
          path={[...path, onType(possible.name)]}
          query={query}
          onEdit={onEdit}
        />
      ))}
    </ul>
  );
}
