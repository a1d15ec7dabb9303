/** Longest line of a generated file, as in the project's own configuration of Biome. */
const LINE = 120;

/** An item list on one line if it fits, and otherwise with an item per line. `before` and `after` include the brackets. */
export function fitted(
  before: string,
  items: readonly string[],
  after: string,
  { padding = '', separator = ',', trailing = ',' } = {},
): string {
  const oneLine = `${before}${padding}${items.join(`${separator === '' ? ',' : separator} `)}${padding}${after}`;
  if (items.length === 0 || (oneLine.length <= LINE && !oneLine.includes('\n'))) return oneLine;
  const indent = /^ */.exec(before)?.[0] ?? '';
  const lines = items.map((item, index) => {
    const end = index === items.length - 1 ? trailing : separator;
    return `${item.replaceAll(/^/gm, `${indent}  `)}${end}\n`;
  });
  return `${before}\n${lines.join('')}${indent}${after}`;
}

/** A GraphQL description above a definition; empty without a text. */
export function described(text: string | undefined, indent: string): string {
  return text === undefined ? '' : `${indent}${JSON.stringify(text)}\n`;
}

/** An import of names from a module, with the names sorted. */
export function importLine(
  names: readonly string[],
  module: string,
  keyword: 'import' | 'import type' = 'import',
): string {
  const plain = (name: string) => name.replace(/^type /, '').toLowerCase();
  const sorted = [...new Set(names)].sort((one, other) => (plain(one) < plain(other) ? -1 : 1));
  return `${fitted(`${keyword} {`, sorted, `} from '${module}';`, { padding: ' ' })}\n`;
}

/** A JavaScript string literal in single quotes, unless double quotes need fewer escapes. */
export function quoted(text: string): string {
  const json = JSON.stringify(text);
  if (text.includes("'") && !text.includes('"')) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A property name of an object literal. */
export const propertyName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

/** A JSON value as a JavaScript literal behind `before`, with `after` behind it: on one line if it fits. */
export function literal(before: string, value: unknown, after: string): string {
  if (typeof value === 'string') return `${before}${quoted(value)}${after}`;
  if (typeof value !== 'object' || value === null) return `${before}${JSON.stringify(value)}${after}`;
  const oneLine = `${before}${flat(value)}${after}`;
  if (oneLine.length <= LINE) return oneLine;
  const indent = /^ */.exec(before)?.[0] ?? '';
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => literal(inner, item, ','))
    : Object.entries(value).map(([name, item]) => literal(`${inner}${propertyName(name)}: `, item, ','));
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${before}${open}\n${lines.join('\n')}\n${indent}${close}${after}`;
}

function flat(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`;
  const entries = Object.entries(value).map(([name, item]) => `${propertyName(name)}: ${flat(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
