import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

const FOLDER = new URL('../../shared/', import.meta.url);
const KEY = 'id';

const documents = new Map(
  ['common.yaml', 'users/openapi.yaml', 'orders/openapi.yaml', 'catalog/openapi.yaml'].map(
    (file): [string, unknown] => [file, parse(readFileSync(new URL(file, FOLDER), 'utf8'))],
  ),
);
const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);
ajv.addVocabulary(['openapi', 'info', 'servers', 'security', 'paths', 'components']);
for (const [file, document] of documents) ajv.addSchema(Object(document), file);

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export type Get = <Body>(path: string, headers?: Record<string, string>) => Promise<Answer<Body>>;

/** A service's GET; it throws for an answer that is not as the service's OpenAPI document says. */
export function documentedGet(service: string, url: string): Get {
  return async <Body>(path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, { headers });
    const body = await documentedBody(service, response);
    return { status: response.status, headers: response.headers, body: body as Body };
  };
}

/** The rows of a list, page by page, found by following Link headers. */
export async function everyPage<Row>(get: Get, path: string, headers: Record<string, string> = {}): Promise<Row[][]> {
  const pages: Row[][] = [];
  const visited = new Set<string>();
  for (let next: string | undefined = path; next !== undefined; ) {
    if (visited.has(next)) throw new Error(`${next} is the page after itself`);
    visited.add(next);
    const page: Answer<Row[]> = await get<Row[]>(next, headers);
    pages.push(page.body);
    next = nextPage(page.headers);
  }
  return pages;
}

export const nextPage = (headers: Headers): string | undefined =>
  /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];

/**
 * The body of an answer whose status, headers, media type and body are as the service's OpenAPI document says.
 * Where the URL has `?fields=`, a row holds those properties and the key, and no others.
 */
export async function documentedBody(service: string, response: Response): Promise<unknown> {
  const { pathname, searchParams } = new URL(response.url);
  const documented = child(operationAt(service, pathname), 'responses', String(response.status));
  if (!documented) throw new Error(`${service} does not document status ${response.status} of ${pathname}`);
  checkHeaders(documented, response.headers);

  const mediaType = response.headers.get('content-type')?.split(';')[0] ?? 'nothing';
  const content = child(documented, 'content', mediaType);
  if (!content) throw new Error(`${documented.uri} does not document ${mediaType}`);
  const text = await response.text();
  const body: unknown = mediaType.endsWith('json') ? JSON.parse(text) : text;
  const fields = response.ok ? searchParams.get('fields') : null;
  check(fields === null ? `${content.uri}/schema` : sparseSchema(content, fields), body, response.url);
  if (mediaType === 'application/problem+json' && Object(body).status !== response.status) {
    throw new Error(`${response.url} answered ${response.status} with the problem ${text}`);
  }
  return body;
}

function checkHeaders(documented: Place, headers: Headers): void {
  for (const name of Object.keys(child(documented, 'headers')?.node ?? {})) {
    const header = child(documented, 'headers', name);
    const value = headers.get(name);
    if (value !== null) check(`${header?.uri}/schema`, value, name);
    else if (header?.node['required'] === true) throw new Error(`${documented.uri} needs the header ${name}`);
  }
}

/** What rows cut to these fields look like: properties that every row has are still in every row. */
function sparseSchema(content: Place, fields: string): object {
  const list = child(content, 'schema', 'items');
  const row = list ?? child(content, 'schema');
  const asked = [...new Set([KEY, ...fields.split(',').filter((name) => name !== '')])];
  const always = new Set(Object.values(child(row, 'required')?.node ?? {}));
  const sparse = {
    type: 'object',
    additionalProperties: false,
    required: asked.filter((name) => always.has(name)),
    properties: Object.fromEntries(asked.map((name) => [name, { $ref: `${row?.uri}/properties/${name}` }])),
  };
  return list ? { ...child(content, 'schema')?.node, items: sparse } : sparse;
}

function check(schema: string | object, value: unknown, what: string): void {
  const validate = typeof schema === 'string' ? ajv.getSchema(schema) : ajv.compile(schema);
  if (!validate) throw new Error(`${schema} is not there`);
  if (!validate(value)) throw new Error(`${what}: ${ajv.errorsText(validate.errors)}`);
}

/** Where something stands in the documents, as a URI that ajv resolves too. */
interface Place {
  readonly uri: string;
  readonly node: Readonly<Record<string, unknown>>;
}

function operationAt(service: string, pathname: string): Place {
  const paths = find(`${service}/openapi.yaml#/paths`);
  const template = Object.keys(paths?.node ?? {}).find((path) => isOfTemplate(pathname, path));
  const operation = template && child(paths, template, 'get');
  if (!operation) throw new Error(`${service} does not document GET ${pathname}`);
  return operation;
}

/** Whether a path matches a template such as `/orders/{id}`. A parameter is one segment that is not empty. */
function isOfTemplate(pathname: string, template: string): boolean {
  const segments = pathname.split('/');
  const expected = template.split('/');
  return (
    segments.length === expected.length &&
    expected.every((one, index) => (/^\{\w+\}$/.test(one) ? segments[index] !== '' : segments[index] === one))
  );
}

/** What is below a place, references followed on every step. */
function child(place: Place | undefined, ...names: string[]): Place | undefined {
  return names.reduce<Place | undefined>(
    (at, name) => at && find(`${at.uri}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`),
    place,
  );
}

function find(uri: string): Place | undefined {
  const [file = '', pointer = ''] = uri.split('#');
  const names = pointer.split('/').slice(1);
  const node = names.reduce<unknown>(
    (at, name) => Object(at)[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')],
    documents.get(file),
  );
  if (node === undefined) return undefined;
  const { $ref } = Object(node);
  if (typeof $ref !== 'string') return { uri, node: Object(node) };
  return find($ref.startsWith('#') ? `${file}${$ref}` : posix.join(posix.dirname(file), $ref));
}
