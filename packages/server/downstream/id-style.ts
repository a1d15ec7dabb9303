import { percentEncode } from '../request/key.ts';

/** How an endpoint takes the keys of the rows that it is asked for. */
export interface IdStyle {
  readonly method: 'GET' | 'POST';
  /** Whether one call takes many keys; where not, each key is a call of its own. */
  readonly many: boolean;
  /** What tells this endpoint from others with the same path, for its name. */
  readonly label: string;
  /**
   * Whether a service can tell this key from others in a call of this style. Percent-encoding does not help with a comma in
   * `ids=a,b`: most services decode the parameter before they split it.
   */
  readonly carries: (path: string, key: string) => boolean;
  /** The path, with query, and the JSON body that ask for these keys. */
  readonly request: (path: string, keys: readonly string[]) => { readonly path: string; readonly body?: string };
}

/** `?ids=a,b`. It carries no key with a comma, and no empty one. */
export function commaSeparated(parameter: string): IdStyle {
  return byQuery(
    parameter,
    (key) => key !== '' && !key.includes(','),
    (keys) => `${parameter}=${keys.map(percentEncode).join(',')}`,
  );
}

/** `?id=a&id=b`. It carries every key. */
export function repeated(parameter: string): IdStyle {
  return byQuery(
    parameter,
    () => true,
    (keys) => keys.map((key) => `${parameter}=${percentEncode(key)}`).join('&'),
  );
}

/**
 * `?id=in.(a,b)` by `template('id', 'in.({ids})')`, as PostgREST and its like ask. It carries no empty key, and none with a
 * comma, a parenthesis, a quote or a backslash: each service quotes those in its own way.
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

/** A POST whose JSON body is `{"ids": ["a", "b"]}`. It only reads, and is treated like any other read. It carries every key. */
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
 * No batches: `{id}` in the path is replaced, and each key is a GET of its own. It carries no empty key, and none with a segment
 * `.` or `..`: proxies and servers remove those, encoded or not (RFC 3986, section 6.2.2.3), and so ask for another resource.
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

// A backslash is a slash to some; some cut a segment at its first semicolon.
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
