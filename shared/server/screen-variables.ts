import { Kind, type OperationDefinitionNode, type TypeNode } from 'graphql';

/**
 * The variables of a screen in a query string. A text is taken for what the screen declares: a number, a boolean, JSON
 * for lists and input objects. Whatever cannot be that stays a text, and coercion refuses it by the variable's name.
 */
export function variablesOfQuery(search: URLSearchParams, operation: OperationDefinitionNode): Record<string, unknown> {
  const given = (operation.variableDefinitions ?? []).flatMap(({ variable: { name }, type }): [string, unknown][] => {
    const text = search.get(name.value);
    return text === null ? [] : [[name.value, readAs(text, type)]];
  });
  return Object.fromEntries(given);
}

function readAs(text: string, type: TypeNode): unknown {
  if (type.kind === Kind.NON_NULL_TYPE) return readAs(text, type.type);
  if (type.kind === Kind.NAMED_TYPE && TEXTS.has(type.name.value)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // An enum's value, or a scalar of the schema's own.
    return text;
  }
}

const TEXTS = new Set(['ID', 'String']);
