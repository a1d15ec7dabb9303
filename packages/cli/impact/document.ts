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
import { roleOf } from './keywords.ts';

export type Node = Readonly<Record<string, unknown>>;

/** Every problem of an OpenAPI document, a line each. */
export class DocumentError extends InputError {
  constructor(path: string, problems: readonly string[]) {
    super(`${path} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * An OpenAPI document in one piece: all that it refers to in other files is in its components. Files that are not
 * beside it are taken from the folder `others`. Throws DocumentError with all that is wrong with it.
 */
export async function readDocument(path: string, others = dirname(path)): Promise<Node> {
  if (!existsSync(path)) throw new DocumentError(path, ['There is no such file.']);
  const config = await createConfig({ rules: { struct: 'error', 'no-unresolved-refs': 'error' } });
  const externalRefResolver = new Resolver(dirname(path), others);
  try {
    const problems = await lint({ ref: path, config, externalRefResolver });
    if (problems.length > 0) throw new DocumentError(path, [...new Set(problems.map(inWords))]);
    const { bundle: whole } = await bundle({ ref: path, config, externalRefResolver });
    const document: Node = Object(byEssence(whole.parsed));
    // Swagger 2 passes as well, and is another format.
    if (/^3\.[01]\./.test(String(document['openapi']))) {
      const lost = lostReferences(document, document);
      if (lost.length > 0) throw new DocumentError(path, lost.map(beyond));
      return document;
    }
    throw new DocumentError(path, ['It is not of OpenAPI 3.0 or 3.1.']);
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError(path, [error instanceof Error ? error.message : String(error)]);
  }
}

/** References below keywords beside another reference: a bundle leaves some of them as they are, and they lead nowhere then. */
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
  `Keywords beside a $ref refer to ${reference}, which cannot be followed from there. Write allOf: [the $ref, the keywords].`;

/** OpenAPI 3.0 ignores what stands beside a reference. */
export const ignoresSiblings = (document: Node): boolean => /^3\.0\./.test(String(document['openapi']));

/** Media types without their parameters: `application/json; charset=utf-8` answers what `application/json` does. */
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

function inWords({ message, location: [place] }: NormalizedProblem): string {
  if (!place) return message;
  const { source, start } = getLineColLocation(place);
  return `${source.absoluteRef}:${start.line}: ${message}`;
}

/** What a node is, or what it refers to within the document. Of a schema, `resolvedSchema` says it. */
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
 * A schema, or what it refers to. From OpenAPI 3.1 on, keywords beside a `$ref` hold as well as what it refers to: the schema is
 * all of both then. OpenAPI 3.0 ignores them.
 */
export function resolvedSchema(document: Node, schema: unknown): Node {
  const { $ref, ...beside } = Object(schema);
  if (typeof $ref !== 'string') return Object(schema);
  const target = () => resolvedSchema(document, targetOf(document, $ref));
  if (ignoresSiblings(document)) return target();
  // What says nothing of the values makes no other schema, but a default.
  if (Object.keys(beside).every((keyword) => roleOf(keyword) === 'note' && keyword !== 'default')) return target();
  // The same node each time: what holds itself is found by that.
  const known = WITH_SIBLINGS.get(Object(schema));
  if (known) return known;
  const all = { allOf: [{ $ref }, beside] };
  WITH_SIBLINGS.set(Object(schema), all);
  return all;
}

const WITH_SIBLINGS = new WeakMap<Node, Node>();

/** A schema and all that holds together with it by allOf, what it refers to before what stands beside. */
export function conjunctsOf(document: Node, schema: unknown, above: readonly Node[] = []): Node[] {
  const node = resolvedSchema(document, schema);
  if (above.includes(node)) return [];
  const parts = Object.values(Object(node['allOf']));
  return [node, ...parts.flatMap((part) => conjunctsOf(document, part, [...above, node]))];
}

/** The node below another at these names, through all references. */
export function dig(document: Node, from: unknown, ...names: readonly string[]): Node | undefined {
  const found = names.reduce<unknown>((at, name) => at && resolved(document, at)[name], from);
  return found === undefined ? undefined : resolved(document, found);
}

const unescaped = (name: string): string => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
