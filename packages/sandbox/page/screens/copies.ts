import type { SandboxConfig } from '@facet/server/internal/http/sandbox/protocol.ts';

/** A request for a screen. */
export interface ScreenRequest {
  readonly client: string;
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** URL of the sandbox page, including a path prefix. */
  readonly base: string;
  /** Paths of the routes, relative to it. */
  readonly paths: SandboxConfig['paths'];
}

export type Header = readonly [name: string, value: string];

/** A command for a POSIX shell. */
export function asCurl({ base, paths, text, variables }: ScreenRequest, [name, value]: Header): string {
  const body = JSON.stringify({ query: text, variables });
  return [
    `curl -s ${quoted(new URL(paths.graphql, base).href)}`,
    `-H 'Content-Type: application/json'`,
    `-H ${quoted(`${name}: ${value}`)}`,
    `-d ${quoted(body)}`,
  ].join(' \\\n  ');
}

/** URL of GET /screens/NAME. The identity header must be added. */
export function asUrl({ base, paths, name, variables }: ScreenRequest): string {
  const url = new URL(`${paths.screens}/${name}`, base);
  for (const [variable, value] of Object.entries(variables)) {
    if (value === null || value === undefined) continue;
    url.searchParams.set(variable, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return url.href;
}

/** React code with urql and the generated client package. */
export function asCode({ client, name, variables }: ScreenRequest): string {
  const given = Object.keys(variables).length > 0 ? `, variables: ${literal(variables)}` : '';
  return `import { ${name}Document } from '@facet/${client}-client';
import { useQuery } from 'urql';

const [{ data, error, fetching }] = useQuery({ query: ${name}Document${given} });
`;
}

/** Quotes for a POSIX shell: in single quotes, only the single quote needs escaping. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A JSON value as a TypeScript literal. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => `${keyOf(key)}: ${literal(each)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? inQuotes(value) : JSON.stringify(value);
}

const keyOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : inQuotes(key));

const inQuotes = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
