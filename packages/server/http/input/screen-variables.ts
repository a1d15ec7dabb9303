import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  type OperationDefinitionNode,
  print,
  type TypeNode,
  typeFromAST,
} from 'graphql';
import { CodedError, ErrorCode } from '../../request/errors.ts';
import { parseExactly } from '../../request/exact-json.ts';

type Reader = (text: string) => unknown;

/** Readers of types whose value is not the parameter's text; they return undefined for a text that does not fit. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Int', (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined)],
  ['Float', (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)],
  ['Boolean', (text) => (text === 'true' ? true : text === 'false' ? false : undefined)],
]);

/**
 * The variables of a screen in a query string, read by their declared types: `first=3`, `open=true`, a list as JSON or by repeating its
 * parameter, an input object as JSON. Other parameters are ignored. Throws BAD_USER_INPUT with the variable's name and type.
 */
export function variablesOfQuery(
  search: URLSearchParams,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
): Record<string, unknown> {
  const given = (operation.variableDefinitions ?? []).flatMap(({ variable, type }): [string, unknown][] => {
    const name = variable.name.value;
    const texts = search.getAll(name);
    if (texts.length === 0) return [];
    const declared = typeFromAST(schema, type as never);
    const value = isInputType(declared) ? readAs(texts, declared) : undefined;
    if (value === undefined) throw unreadable(name, type);
    return [[name, value]];
  });
  return Object.fromEntries(given);
}

function readAs(texts: readonly string[], type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  const [text = '', ...more] = texts;
  if (isListType(nullable)) {
    if (text.startsWith('[') && more.length === 0) return json(text);
    const items = texts.map((item) => readAs([item], nullable.ofType));
    return items.includes(undefined) ? undefined : items;
  }
  if (more.length > 0) return undefined;
  if (isInputObjectType(nullable)) return json(text);
  const read = READERS.get(nullable.name);
  // An enum value, an id, or a custom scalar: coercion checks the text.
  return read ? read(text) : text;
}

function json(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

function unreadable(name: string, type: TypeNode): CodedError {
  return new CodedError(ErrorCode.BadUserInput, `The variable "$${name}" must be of type ${print(type)}.`);
}
