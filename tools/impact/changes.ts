import { apiCompare } from 'api-smart-diff';
import { type AnswerChange, answerChanges } from './answer-changes.ts';
import type { Difference, Operation } from './difference.ts';
import { dig, type Node } from './document.ts';
import { type ParameterChange, parameterChanges } from './parameter-changes.ts';

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

const METHODS = ['get', 'post'];

/**
 * What differs for those who call a service. api-smart-diff finds where two documents differ; what becomes of it is
 * judged here, since its own verdicts hold integers that become strings for harmless.
 */
export function changesBetween(before: Node, after: Node): Change[] {
  const { diffs } = apiCompare(copyOf(before), copyOf(after));
  const renamed = new Map(diffs.filter(({ action }) => action === 'rename').map((diff) => [diff.before, diff.after]));
  const differences = diffs.map(({ path, action, type, description }) => ({
    path,
    isRemoval: action === 'remove',
    isBreaking: type === 'breaking',
    text: description ?? '',
  }));
  return operationsOf(before).flatMap(({ path, method }) => {
    const own = differences
      .filter(({ path: at }) => at[0] === 'paths' && at[1] === path && (at[2] ?? method) === method)
      .map((difference) => ({ ...difference, path: difference.path.slice(3) }));
    const now = { document: after, path: String(renamed.get(path) ?? path), method };
    return changesOf({ document: before, path, method }, now, own).map((change) => ({ path, method, ...change }));
  });
}

type OwnChange = Pick<Change, 'text' | 'of'>;

function changesOf(before: Operation, after: Operation, differences: readonly Difference[]): OwnChange[] {
  const isGone = differences.some(({ path, isRemoval }) => isRemoval && path.length === 0);
  const operation = `${before.method.toUpperCase()} ${before.path}`;
  if (isGone) return [{ text: `${operation} removed`, of: { about: 'operation' } }];
  if (differences.some(({ path, isRemoval }) => isRemoval && isPart(path, ANSWER))) {
    return [{ text: `${operation} answers no JSON with 200`, of: { about: 'operation' } }];
  }
  const under = (...names: string[]) => differences.filter(({ path }) => isPart(names, path));
  const ownBreaks = [
    ...(asksForMore(before, after) ? ['asks for other credentials'] : []),
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

/** Whether credentials, or none, that were enough are not any more: api-smart-diff does not see it in an operation. */
function asksForMore(before: Operation, after: Operation): boolean {
  const now = waysIn(after);
  return !now.includes('') && waysIn(before).some((way) => !now.includes(way));
}

/** The names of the schemes of each way in; '' for the one without credentials. */
function waysIn({ document, path, method }: Operation): string[] {
  const own = dig(document, document, 'paths', path, method)?.['security'];
  const ways = Object.values(Object(own ?? document['security'])).map((way) => Object.keys(Object(way)).sort().join());
  return ways.length === 0 ? [''] : ways;
}

const ANSWER = ['responses', '200', 'content', 'application/json', 'schema'];

/** Whether a path leads to another, or ends there. */
function isPart(path: readonly (string | number)[], whole: readonly (string | number)[]): boolean {
  return path.length <= whole.length && path.every((name, index) => String(name) === whole[index]);
}

/** The differ writes into what it compares. Other parts of a document matter where operations refer to them. */
function copyOf({ openapi, info, paths, components }: Node): Node {
  return structuredClone({ openapi, info, paths, components });
}

function operationsOf(document: Node): { readonly path: string; readonly method: string }[] {
  return Object.keys(Object(document['paths'])).flatMap((path) =>
    METHODS.filter((method) => dig(document, document, 'paths', path, method)).map((method) => ({ path, method })),
  );
}
