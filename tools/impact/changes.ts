import { apiCompare } from 'api-smart-diff';
import { answerChanges } from './answer-changes.ts';
import { dig, type Node } from './document.ts';
import { type ParameterChange, parameterChanges } from './parameter-changes.ts';

/** A change of what an operation answers. The place is that of Answer. */
export interface AnswerChange {
  readonly about: 'answer';
  readonly place: string;
  readonly what: 'gone' | 'type' | 'missing' | 'values' | 'format' | 'length';
  /** Values that were not there before; undefined for any text. Of `values` only. */
  readonly added?: readonly string[] | undefined;
  /** Most items that there are now; undefined for any number. Of `length` only. */
  readonly most?: number | undefined;
}

/** A change that breaks every call of an operation. */
interface OperationChange {
  readonly about: 'operation';
}

/** A change of the header by which lists say that there is more. */
interface PagingChange {
  readonly about: 'paging';
}

export interface Change {
  /** Of the document before. */
  readonly path: string;
  readonly method: string;
  /** In words, after the operation's name. */
  readonly text: string;
  readonly of: AnswerChange | OperationChange | PagingChange | ParameterChange;
}

/** Where two documents differ. */
export interface Difference {
  readonly path: readonly (string | number)[];
  readonly isRemoval: boolean;
  /** What the differ makes of it. */
  readonly isBreaking: boolean;
  readonly text: string;
}

const METHODS = ['get', 'post'];

/**
 * What differs for those who call a service. api-smart-diff finds where two documents differ; what becomes of it is
 * judged here, since its own verdicts hold integers that become strings for harmless.
 */
export function changesBetween(before: Node, after: Node): Change[] {
  const { diffs } = apiCompare(paths(before), paths(after));
  const renamed = new Map(diffs.filter(({ action }) => action === 'rename').map((diff) => [diff.before, diff.after]));
  const differences = diffs.map(({ path, action, type, description }) => ({
    path,
    isRemoval: action === 'remove',
    isBreaking: type === 'breaking',
    text: description ?? '',
  }));
  const isSecured = differences.some(({ path: [top], isBreaking }) => top === 'security' && isBreaking);
  return operationsOf(before).flatMap(({ path, method }) => {
    const own = differences
      .filter(({ path: at }) => at[0] === 'paths' && at[1] === path && (at[2] ?? method) === method)
      .map((difference) => ({ ...difference, path: difference.path.slice(3) }));
    const now = { document: after, path: String(renamed.get(path) ?? path), method };
    const changes = changesOf({ document: before, path, method }, now, own);
    const secured = isSecured ? [{ text: 'asks for other credentials', of: { about: 'operation' as const } }] : [];
    return [...secured, ...changes].map((change) => ({ path, method, ...change }));
  });
}

/** An operation of a document. */
export interface Operation {
  readonly document: Node;
  readonly path: string;
  readonly method: string;
}

type OwnChange = Pick<Change, 'text' | 'of'>;

function changesOf(before: Operation, after: Operation, differences: readonly Difference[]): OwnChange[] {
  const isGone = differences.some(({ path, isRemoval }) => isRemoval && path.length === 0);
  if (isGone) return [{ text: 'removed', of: { about: 'operation' } }];
  if (differences.some(({ path, isRemoval }) => isRemoval && isPart(path, ANSWER))) {
    return [{ text: 'answers no JSON with 200', of: { about: 'operation' } }];
  }
  const under = (...names: string[]) => differences.filter(({ path }) => isPart(names, path));
  const ownBreaks = [
    ...(under('security').some(({ isBreaking }) => isBreaking) ? ['asks for other credentials'] : []),
    ...(under('requestBody').some(({ isBreaking }) => isBreaking) ? ['takes another body'] : []),
  ];
  const link = under('responses', '200', 'headers').some(
    ({ path, isRemoval }) => isRemoval && (path.length === 3 || String(path[3]).toLowerCase() === 'link'),
  );
  return [
    ...ownBreaks.map((text): OwnChange => ({ text, of: { about: 'operation' } })),
    ...(link ? [{ text: 'header Link removed', of: { about: 'paging' as const } }] : []),
    ...parameterChanges(before, after, under('parameters')),
    ...answerChanges(before, after, under(...ANSWER)),
  ];
}

const ANSWER = ['responses', '200', 'content', 'application/json', 'schema'];

/** Whether a path leads to another, or ends there. */
function isPart(path: readonly (string | number)[], whole: readonly (string | number)[]): boolean {
  return path.length <= whole.length && path.every((name, index) => String(name) === whole[index]);
}

/** Without what nobody calls by itself: components are compared where they are referred to. */
function paths({ openapi, info, paths: own, components, security }: Node): Node {
  return { openapi, info, paths: own, components, ...(security === undefined ? {} : { security }) };
}

function operationsOf(document: Node): { readonly path: string; readonly method: string }[] {
  return Object.keys(Object(document['paths'])).flatMap((path) =>
    METHODS.filter((method) => dig(document, document, 'paths', path, method)).map((method) => ({ path, method })),
  );
}
