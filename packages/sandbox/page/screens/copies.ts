import type { SandboxConfig } from '@facet/server/internal/http/sandbox/protocol.ts';

/** A screen as somebody would ask for it. */
export interface Asked {
  readonly client: string;
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The page's own address, whatever stands before it. */
  readonly base: string;
  /** Paths of the routes, relative to it. */
  readonly paths: SandboxConfig['paths'];
}

export type Header = readonly [name: string, value: string];

/** A command for a POSIX shell. */
export function asCurl({ base, paths, text, variables }: Asked, [name, value]: Header): string {
  const body = JSON.stringify({ query: text, variables });
  return [
    `curl -s ${quoted(new URL(paths.graphql, base).href)}`,
    `-H 'Content-Type: application/json'`,
    `-H ${quoted(`${name}: ${value}`)}`,
    `-d ${quoted(body)}`,
  ].join(' \\\n  ');
}

/** The screen as a resource; the identity goes into a header. */
export function asUrl({ base, paths, name, variables }: Asked): string {
  const url = new URL(`${paths.screens}/${name}`, base);
  for (const [variable, value] of Object.entries(variables)) {
    if (value === null || value === undefined) continue;
    url.searchParams.set(variable, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return url.href;
}

/** React with urql and the client's generated package. */
export function asCode({ client, name, variables }: Asked): string {
  const given = Object.keys(variables).length > 0 ? `, variables: ${literal(variables)}` : '';
  return `import { ${name}Document } from '@facet/${client}-client';
import { useQuery } from 'urql';

const [{ data, error, fetching }] = useQuery({ query: ${name}Document${given} });
`;
}

/** In single quotes nothing is special but the quote itself, which a backslash outside of them can stand for. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A JSON value as TypeScript would have it written. */
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
