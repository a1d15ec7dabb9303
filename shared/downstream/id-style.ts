/** How an endpoint takes the keys of the rows that it is asked for. */
export interface IdStyle {
  readonly method: 'GET' | 'POST';
  /** Whether one call takes many keys; where not, each key is a call of its own. */
  readonly many: boolean;
  /** What tells this endpoint from others with the same path, for its name. */
  readonly label: string;
  /** The path, with query, and the JSON body that ask for these keys. */
  readonly request: (path: string, keys: readonly string[]) => { readonly path: string; readonly body?: string };
}

/** `?ids=a,b` */
export function commaSeparated(parameter: string): IdStyle {
  return byQuery(parameter, (keys) => `${parameter}=${keys.map(encodeURIComponent).join(',')}`);
}

/** `?id=a&id=b` */
export function repeated(parameter: string): IdStyle {
  return byQuery(parameter, (keys) => keys.map((key) => `${parameter}=${encodeURIComponent(key)}`).join('&'));
}

/** `?id=in.(a,b)` by `template('id', 'in.({ids})')`, as PostgREST and its like ask. */
export function template(parameter: string, pattern: string): IdStyle {
  const [before = '', after = ''] = pattern.split('{ids}');
  return byQuery(
    parameter,
    (keys) =>
      `${parameter}=${encodeURIComponent(before)}${keys.map(encodeURIComponent).join(',')}${encodeURIComponent(after)}`,
  );
}

/** A POST whose JSON body is `{"ids": ["a", "b"]}`. It only reads, and is treated like any other read. */
export function inBody(property: string): IdStyle {
  return {
    method: 'POST',
    many: true,
    label: '',
    request: (path, keys) => ({ path, body: JSON.stringify({ [property]: keys }) }),
  };
}

/** No batches: `{id}` in the path is replaced, and each key is a GET of its own. */
export function inPath(): IdStyle {
  return {
    method: 'GET',
    many: false,
    label: '',
    request: (path, [key = '']) => ({ path: path.replace('{id}', encodeURIComponent(key)) }),
  };
}

function byQuery(parameter: string, query: (keys: readonly string[]) => string): IdStyle {
  return {
    method: 'GET',
    many: true,
    label: `?${parameter}`,
    request: (path, keys) => ({ path: `${path}${path.includes('?') ? '&' : '?'}${query(keys)}` }),
  };
}
