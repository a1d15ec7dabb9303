import { useGraphiQL } from '@graphiql/react';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  Kind,
} from 'graphql';
import { useId, useState } from 'react';
import { ChevronIcon } from '../icons.tsx';
import { ArgumentField } from './argument.tsx';
import type { NodeProps } from './edit.ts';
import { documentOf, onType, operationIn, selectionAt, withoutSelection, withSelection } from './edit.ts';

/** The selectable children of a type: its fields, and the possible types of an abstract type. */
export function FieldsOf({ type, path, query, onEdit }: NodeProps & { readonly type: GraphQLNamedType }) {
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

interface Props extends NodeProps {
  readonly name: string;
  readonly type: GraphQLOutputType;
  readonly args: readonly GraphQLArgument[];
  readonly description: string | null | undefined;
}

/** One field with its checkbox, arguments and children. */
function ExplorerNode({ name, type, args, description, path, query, onEdit }: Props) {
  const named = getNamedType(type);
  const isOfType = name.startsWith('...');
  const document = documentOf(query.text);
  const operation = document && operationIn(document, query.operationName);
  const node = operation && selectionAt(document, operation, path)?.node;
  const [isOpenByHand, setOpen] = useState<boolean>();
  const isOpen = isOpenByHand ?? node !== undefined;
  const below = useId();

  const toggle = () => {
    const onTypes = isOfType ? { onType: named.name } : {};
    onEdit(
      node ? withoutSelection(query, path) : withSelection(query, path, { name, first: firstOf(type), ...onTypes }),
    );
  };
  return (
    <li>
      <div className="facet-node">
        {isLeafType(named) ? (
          <span className="facet-leaf" />
        ) : (
          <button
            type="button"
            className="facet-twist"
            aria-label={`Fields of ${name}`}
            aria-expanded={isOpen}
            aria-controls={below}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronIcon />
          </button>
        )}
        <label title={description ?? undefined}>
          <input type="checkbox" checked={node !== undefined} onChange={toggle} />
          <span>{name}</span>
          {!isOfType && <small>{String(type)}</small>}
        </label>
      </div>
      {node?.kind === Kind.FIELD &&
        args.map((argument) => (
          <ArgumentField
            key={argument.name}
            argument={argument}
            node={node}
            path={path}
            query={query}
            onEdit={onEdit}
          />
        ))}
      <div id={below} hidden={!isOpen}>
        {isOpen && !isLeafType(named) && <FieldsOf type={named} path={path} query={query} onEdit={onEdit} />}
      </div>
    </li>
  );
}

/** The initial selection of an object, so that the query is valid: its id or its first leaf field. */
function firstOf(type: GraphQLOutputType): readonly string[] {
  const named = getNamedType(type);
  if (isLeafType(named)) return [];
  if (!isObjectType(named) && !isInterfaceType(named)) return ['__typename'];
  const leaves = Object.values(named.getFields()).filter(
    (field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument),
  );
  const first = leaves.find((field) => field.name === 'id') ?? leaves[0];
  return [first?.name ?? '__typename'];
}
