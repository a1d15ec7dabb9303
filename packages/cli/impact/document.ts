import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { InputError } from '@facet/server/internal/command/input-error.ts';
import {
  BaseResolver,
  bundle,
  createConfig,
  getLineColLocation,
  lint,
  type NormalizedProblem,
} from '@redocly/openapi-core';

export type Node = Readonly<Record<string, unknown>>;

/** Reports all problems of an OpenAPI document, one per line. */
export class DocumentError extends InputError {
  constructor(path: string, problems: readonly string[]) {
    super(`${path} is not a usable OpenAPI document:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Reads an OpenAPI document and bundles the files that it refers to into its components. Referenced files that do not exist next to it
 * are looked up in the directory `others`. Throws DocumentError with all problems.
 */
export async function readDocument(path: string, others = dirname(path)): Promise<Node> {
  if (!existsSync(path)) throw new DocumentError(path, ['The file does not exist.']);
  const config = await createConfig({ rules: { struct: 'error', 'no-unresolved-refs': 'error' } });
  const externalRefResolver = new Resolver(dirname(path), others);
  try {
    const problems = await lint({ ref: path, config, externalRefResolver });
    if (problems.length > 0) throw new DocumentError(path, [...new Set(problems.map(describe))]);
    const { bundle: whole } = await bundle({ ref: path, config, externalRefResolver });
    const document: Node = Object(byEssence(whole.parsed));
    // The linter accepts Swagger 2 documents too.
    if (/^3\.[01]\./.test(String(document['openapi']))) {
      const lost = lostReferences(document, document);
      if (lost.length > 0) throw new DocumentError(path, lost.map(beyond));
      return document;
    }
    throw new DocumentError(path, ['The version must be OpenAPI 3.0 or 3.1.']);
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError(path, [error instanceof Error ? error.message : String(error)]);
  }
}

/** References inside keywords next to another $ref. The bundler does not rewrite all of these, and they become dangling. */
function lostReferences(document: Node, node: unknown, isBeside = false): string[] {
  if (typeof node !== 'object' || node === null || ignoresSiblings(document)) return [];
  const { $ref, ...rest }: Node = { ...node };
  const isLost =
    isBeside && typeof $ref === 'string' && (!$ref.startsWith('#/') || targetOf(document, $ref) === undefined);
  const below = Object.values(rest).flatMap((each) =>
    lostReferences(document, each, isBeside || typeof $ref === 'string'),
  );
  return [...(isLost ? [$ref] : []), ...below];
}

const beyond = (reference: string): string =>
  `Keywords next to a $ref contain the reference ${reference}, which cannot be resolved there. Use allOf: [the $ref, the keywords].`;

/** OpenAPI 3.0 ignores keywords next to a $ref. */
export const ignoresSiblings = (document: Node): boolean => /^3\.0\./.test(String(document['openapi']));

/** Removes media type parameters: `application/json; charset=utf-8` becomes `application/json`. */
function byEssence(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(byEssence);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [
      name.includes('/') && name.includes(';') && !name.startsWith('/')
        ? name.slice(0, name.indexOf(';')).trimEnd().toLowerCase()
        : name,
      byEssence(value),
    ]),
  );
}

class Resolver extends BaseResolver {
  readonly #folder: string;
  readonly #others: string;

  constructor(folder: string, others: string) {
    super();
    this.#folder = folder;
    this.#others = others;
  }

  override loadExternalRef(path: string): ReturnType<BaseResolver['loadExternalRef']> {
    const other = join(this.#others, relative(this.#folder, path));
    return super.loadExternalRef(!existsSync(path) && existsSync(other) ? other : path);
  }
}

function describe({ message, location: [location] }: NormalizedProblem): string {
  if (!location) return message;
  const { source, start } = getLineColLocation(location);
  return `${source.absoluteRef}:${start.line}: ${message}`;
}

/** The node, with a reference inside the document resolved. Use `resolvedSchema` for schemas. */
export function resolved(document: Node, node: unknown): Node {
  const { $ref } = Object(node);
  if (typeof $ref !== 'string') return Object(node);
  return resolved(document, targetOf(document, $ref));
}

function targetOf(document: Node, reference: string): unknown {
  const names = reference.split('/').slice(1);
  return names.reduce<unknown>((at, name) => Object(at)[unescaped(name)], document);
}

/**
 * The schema, with its reference resolved. Since OpenAPI 3.1, keywords next to a `$ref` apply in addition to the referenced schema, so
 * the result is an allOf of both. OpenAPI 3.0 ignores such keywords.
 */
export function resolvedSchema(document: Node, schema: unknown): Node {
  const { $ref, ...beside } = Object(schema);
  if (typeof $ref !== 'string') return Object(schema);
  const target = () => resolvedSchema(document, targetOf(document, $ref));
  if (ignoresSiblings(document)) return target();
  // Annotations do not change the schema, except for a default.
  if (Object.keys(beside).every((keyword) => roleOf(keyword) === 'note' && keyword !== 'default')) return target();
  // Recursive schemas are detected by identity, so the node must be the same every time.
  const known = WITH_SIBLINGS.get(Object(schema));
  if (known) return known;
  const all = { allOf: [{ $ref }, beside] };
  WITH_SIBLINGS.set(Object(schema), all);
  return all;
}

const WITH_SIBLINGS = new WeakMap<Node, Node>();

/** A schema and, recursively, the parts of its allOf. A referenced schema comes before the keywords next to the $ref. */
export function conjunctsOf(document: Node, schema: unknown, above: readonly Node[] = []): Node[] {
  const node = resolvedSchema(document, schema);
  if (above.includes(node)) return [];
  const parts = Object.values(Object(node['allOf']));
  return [node, ...parts.flatMap((part) => conjunctsOf(document, part, [...above, node]))];
}

/** The node at a path of names below another node. Resolves references on the way. */
export function dig(document: Node, from: unknown, ...names: readonly string[]): Node | undefined {
  const found = names.reduce<unknown>((at, name) => at && resolved(document, at)[name], from);
  return found === undefined ? undefined : resolved(document, found);
}

const unescaped = (name: string): string => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');

/** An operation of an OpenAPI document. */
export interface Operation {
  readonly document: Node;
  readonly path: string;
  readonly method: string;
}

/**
 * The severity of a change for its users. `unclear`: the documents do not tell whether it breaks. `notice`: requests and responses keep
 * their shape, but their meaning may change.
 */
export type Level = 'breaking' | 'unclear' | 'notice';

/**
 * How a change of a schema keyword is judged. `structure`: types and properties, compared one by one. `limit`: restricts values and
 * matters only to senders. `note`: an annotation without effect on validation. `opaque`: may allow or forbid anything, which comparing
 * two schemas cannot determine.
 */
export type Role = 'structure' | 'limit' | 'note' | 'deprecation' | 'opaque';

const words = (role: Role, names: string): [string, Role][] => names.split(' ').map((name) => [name, role]);

/** All schema keywords of OpenAPI 3.0 and 3.1, and of JSON Schema 2020-12 and earlier drafts. */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ...words(
    'structure',
    '$ref type nullable enum const properties required items additionalProperties allOf anyOf oneOf',
  ),
  ...words('structure', 'maxItems readOnly writeOnly'),
  ...words('limit', 'format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'),
  ...words('limit', 'minItems uniqueItems contains minContains maxContains additionalItems unevaluatedItems'),
  ...words('limit', 'minProperties maxProperties propertyNames dependentRequired unevaluatedProperties'),
  ...words(
    'note',
    'title description default example examples externalDocs xml $comment $id $anchor $schema $vocabulary',
  ),
  ...words('note', '$defs definitions $dynamicAnchor $recursiveAnchor'),
  ...words('deprecation', 'deprecated'),
  ...words('opaque', 'not if then else dependentSchemas dependencies patternProperties prefixItems discriminator'),
  ...words('opaque', 'contentEncoding contentMediaType contentSchema $dynamicRef $recursiveRef'),
]);

/** Unknown keywords are opaque, except for extensions (`x-`). */
export function roleOf(keyword: string): Role {
  return ROLES.get(keyword) ?? (keyword.startsWith('x-') ? 'note' : 'opaque');
}

/** Known properties of the objects outside of schemas. Changes of other properties are unclear. */
export const KNOWN = {
  operation:
    'tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated security servers',
  parameter:
    'name in description required deprecated allowEmptyValue style explode allowReserved schema example examples content',
  response: '$ref description headers content links summary',
  media: 'schema example examples encoding',
} as const;

/** Changed properties of an object that are not in KNOWN. */
export function unknownIn(kind: keyof typeof KNOWN, before: object, after: object): string[] {
  const known = KNOWN[kind].split(' ');
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const isSame = (name: string) =>
    JSON.stringify(Reflect.get(before, name)) === JSON.stringify(Reflect.get(after, name));
  return [...names].filter((name) => !known.includes(name) && !name.startsWith('x-') && !isSame(name));
}
