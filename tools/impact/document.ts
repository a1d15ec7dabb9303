import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  BaseResolver,
  bundle,
  createConfig,
  getLineColLocation,
  lint,
  type NormalizedProblem,
} from '@redocly/openapi-core';
import { InputError } from '../../shared/command/input-error.ts';

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
    if (/^3\.[01]\./.test(String(document['openapi']))) return document;
    throw new DocumentError(path, ['It is not of OpenAPI 3.0 or 3.1.']);
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError(path, [error instanceof Error ? error.message : String(error)]);
  }
}

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

/** What a node is, or what it refers to within the document. */
export function resolved(document: Node, node: unknown): Node {
  const { $ref } = Object(node);
  if (typeof $ref !== 'string') return Object(node);
  const names = $ref.split('/').slice(1);
  const target = names.reduce<unknown>((at, name) => Object(at)[unescaped(name)], document);
  return resolved(document, target);
}

/** The node below another at these names, through all references. */
export function dig(document: Node, from: unknown, ...names: readonly string[]): Node | undefined {
  const found = names.reduce<unknown>((at, name) => at && resolved(document, at)[name], from);
  return found === undefined ? undefined : resolved(document, found);
}

const unescaped = (name: string): string => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
