import type { ListDescription } from '@facet/server/internal/downstream/endpoint.ts';
import type { Node } from '../impact/document.ts';
import { type Argument, camelCase, isGraphQLName, type NamedEndpoint } from './model.ts';
import type { DocumentedOperation, Parameter } from './operations.ts';
import { type Leaf, shapeOf } from './shape.ts';

/** Longest page that a starter allows, and the page that it asks for. */
const MAX_ROWS = 100;
const DEFAULT_ROWS = 5;

/** A list endpoint with its operation. */
export interface DocumentedList {
  readonly named: NamedEndpoint;
  readonly endpoint: ListDescription;
  readonly document: Node;
  readonly operation: DocumentedOperation;
}

/** The arguments of a list endpoint's section, or the reason why a screen cannot call it. */
export function argumentsOf({ endpoint, document, operation }: DocumentedList): Argument[] | string {
  const { parameters } = operation;
  const fixed = new URL(endpoint.path, 'http://localhost').searchParams;
  const unsent = [...parameters].find(
    ([name, { isRequired }]) => isRequired && !endpoint.params.includes(name) && !fixed.has(name),
  );
  if (unsent) return `it requires the parameter ${unsent[0]}, which its params do not list`;
  const found = endpoint.params.map((name) => argumentOf(document, endpoint, name, parameters.get(name)));
  const problem = found.find((each) => typeof each === 'string');
  if (problem !== undefined) return problem;
  const all = found.filter((each): each is Argument => typeof each === 'object');
  const isBounded = endpoint.limit !== undefined || endpoint.maxItems[endpoint.rows.path] !== undefined;
  // The page size comes first, in any order of the parameters.
  const sorted = all.toSorted((one, other) => Number(other.name === 'first') - Number(one.name === 'first'));
  return isBounded ? sorted : 'it has neither a limit parameter nor maxItems in the document';
}

/** The argument of a parameter; undefined if a screen does not need it; the reason if it cannot be an argument. */
function argumentOf(
  document: Node,
  endpoint: ListDescription,
  name: string,
  parameter: Parameter | undefined,
): Argument | string | undefined {
  if (name === endpoint.limit) return pageSize(document, endpoint, name, parameter);
  if (name === 'after') return { name, parameter: name, type: 'ID' };
  if (!parameter?.isRequired) return undefined;
  const shape = shapeOf(document, parameter.schema);
  if (!isGraphQLName(name) || name === 'first' || shape.kind !== 'leaf')
    return `its required parameter ${name} cannot be an argument`;
  const example = exampleOf(parameter, shape);
  if (example === undefined) return `the document has no example for its required parameter ${name}`;
  return { name, parameter: name, type: `${shape.scalar === 'DateTime' ? 'String' : shape.scalar}!`, example };
}

function pageSize(
  document: Node,
  endpoint: ListDescription,
  parameter: string,
  documented: Parameter | undefined,
): Argument {
  const shape = documented && shapeOf(document, documented.schema);
  const { minimum, maximum } = Object(shape?.kind === 'leaf' ? shape.bounds : undefined);
  const bounds = [maximum, endpoint.maxItems[endpoint.rows.path], MAX_ROWS].filter((bound) => Number.isInteger(bound));
  const max = Math.max(1, Math.min(...bounds));
  const min = Math.min(max, Math.max(1, Number.isInteger(minimum) ? minimum : 1));
  const size = Math.min(max, Math.max(min, DEFAULT_ROWS));
  return { name: 'first', parameter, type: 'Int!', default: size, range: { min, max } };
}

/** An example that the document gives, or a value of its enum. */
function exampleOf({ example }: Parameter, shape: Leaf): Argument['example'] {
  const value = example ?? shape.given ?? shape.values?.[0];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** A section's name: the last word of the endpoint's path, or the endpoint's own name if another section has that. */
export function sectionNames(lists: readonly DocumentedList[]): string[] {
  const wanted = lists.map(({ endpoint }) => pathName(endpoint.path));
  const named = lists.map(({ named: { name } }, index) => {
    const short = wanted[index] ?? '';
    return isGraphQLName(short) && wanted.filter((other) => other === short).length === 1 ? short : name;
  });
  return named.map((name, index) =>
    named.indexOf(name) === named.lastIndexOf(name) ? name : camelCase(`${lists[index]?.named.service} ${name}`),
  );
}

function pathName(path: string): string {
  const [bare = ''] = path.split('?');
  return camelCase(bare.split('/').findLast((segment) => segment !== '') ?? '');
}

/** What a section shows, in the words of the service's document. */
export function descriptionOf({ operation }: DocumentedList, all: readonly Argument[]): string | undefined {
  const after = all.some(({ name }) => name === 'after') ? operation.parameters.get('after')?.description : undefined;
  const texts = [operation.summary, after && `\`after\`: ${after}`].filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join(' ');
}
