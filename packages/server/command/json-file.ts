import { readFileSync } from 'node:fs';

/** The JSON value in a file, or the problem of the file with line and column. */
export function readJson(path: string): { readonly json: unknown } | { readonly problem: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { problem: `${path} is missing or not readable.` };
  }
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    return { problem: `${path}${placeIn(text, error)}: The file is not JSON.` };
  }
}

/** The position at which the parser stopped, from its message. */
function placeIn(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (line !== undefined) return `:${line}:${column}`;
  const lines = text.trimEnd().split('\n');
  return `:${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** `file:line:column` of a property in a file; only the file if the property is not found. */
export function placeOfProperty(path: string, name: string): string {
  const lines = readFileSync(path, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(`"${name}"`));
  return index === -1 ? path : `${path}:${index + 1}:${(lines[index]?.indexOf(`"${name}"`) ?? 0) + 1}`;
}
