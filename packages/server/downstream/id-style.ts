import { percentEncode } from '../request/key.ts';

/** How a call passes the keys of the rows that it asks for. */
export interface IdStyle {
  readonly method: 'GET' | 'POST';
  /** Whether one call takes many keys; otherwise each key is its own call. */
  readonly many: boolean;
  /** Part of the endpoint's name that distinguishes it from others with the same path. */
  readonly label: string;
  /**
   * Whether a call of this style can carry the key. Percent-encoding does not help with a comma in `ids=a,b`: most services
   * decode the parameter before they split it.
   */
  readonly carries: (path: string, key: string) => boolean;
  /** The path with query, and the JSON body, of a call for these keys. */
  readonly request: (path: string, keys: readonly string[]) => { readonly path: string; readonly body?: string };
}

/** Passes keys as `?ids=a,b`. Cannot carry an empty key, or one with a comma. */
export function commaSeparated(parameter: string): IdStyle {
  return byQuery(
    parameter,
    (key) => key !== '' && !key.includes(','),
    (keys) => `${parameter}=${keys.map(percentEncode).join(',')}`,
  );
}

/** Passes keys as `?id=a&id=b`. Carries every key. */
export function repeated(parameter: string): IdStyle {
  return byQuery(
    parameter,
    () => true,
    (keys) => keys.map((key) => `${parameter}=${percentEncode(key)}`).join('&'),
  );
}

/**
 * Passes keys in a pattern: `template('id', 'in.({ids})')` is `?id=in.(a,b)`, as PostgREST expects. Cannot carry an empty key, or
 * one with a comma, a parenthesis, a quote or a backslash, because services quote those differently.
 */
export function template(parameter: string, pattern: string): IdStyle {
  const [before = '', after = ''] = pattern.split('{ids}');
  return byQuery(
    parameter,
    (key) => key !== '' && !/[,()[\]{}"'\\]/.test(key),
    (keys) =>
      `${parameter}=${encodeURIComponent(before)}${keys.map(percentEncode).join(',')}${encodeURIComponent(after)}`,
  );
}

/** Passes keys in the JSON body of a POST: `{"ids": ["a", "b"]}`. The call only reads and is treated like a GET. Carries every key. */
export function inBody(property: string): IdStyle {
  return {
    method: 'POST',
    many: true,
    label: '',
    carries: () => true,
    request: (path, keys) => ({ path, body: JSON.stringify({ [property]: keys }) }),
  };
}

/**
 * Passes one key in the path, in place of `{id}`: each key is its own GET. Cannot carry an empty key, or one with a segment `.` or
 * `..`: proxies and servers remove those, encoded or not (RFC 3986, section 6.2.2.3), which leads to another resource.
 */
export function inPath(): IdStyle {
  return {
    method: 'GET',
    many: false,
    label: '',
    carries: (path, key) => key !== '' && !DOT_SEGMENT.test(pathWith(path, key)),
    request: (path, [key = '']) => ({ path: pathWith(path, percentEncode(key)) }),
  };
}

// Some servers treat a backslash as a slash. Some cut a segment at its first semicolon.
const DOT_SEGMENT = /[/\\]\.{1,2}(?:[/\\?;]|$)/;

const pathWith = (path: string, id: string): string => path.replace('{id}', () => id);

function byQuery(
  parameter: string,
  carries: (key: string) => boolean,
  query: (keys: readonly string[]) => string,
): IdStyle {
  return {
    method: 'GET',
    many: true,
    label: `?${parameter}`,
    carries: (_path, key) => carries(key),
    request: (path, keys) => ({ path: `${path}${path.includes('?') ? '&' : '?'}${query(keys)}` }),
  };
}
