import { type FieldNode, type GraphQLArgument, GraphQLError, isRequiredArgument, print } from 'graphql';
import { useId, useState } from 'react';
import type { NodeProps } from './edit.ts';
import { withArgument } from './edit.ts';

interface Props extends NodeProps {
  readonly argument: GraphQLArgument;
  readonly node: FieldNode;
}

/** An input for an argument of a selected field, in GraphQL syntax. */
export function ArgumentField({ argument, node, path, query, onEdit }: Props) {
  const given = node.arguments?.find(({ name }) => name.value === argument.name);
  const value = given ? print(given.value) : '';
  const [problem, setProblem] = useState<string>();
  const input = useId();

  const commit = (text: string) => {
    if (text === value) return;
    try {
      onEdit(withArgument(query, path, argument.name, text));
      setProblem(undefined);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <div className="facet-argument">
      <label htmlFor={input} title={argument.description ?? undefined}>
        {argument.name}
        {isRequiredArgument(argument) ? '*' : ''}
      </label>
      <input
        id={input}
        // Remounts the input when the query changes, so that it always shows the value in the query.
        key={value}
        defaultValue={value}
        placeholder={String(argument.type)}
        aria-invalid={problem !== undefined}
        title={problem}
        spellCheck={false}
        autoComplete="off"
        onBlur={({ currentTarget }) => commit(currentTarget.value)}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && commit(currentTarget.value)}
      />
    </div>
  );
}
