import { answerOf, successOf } from './answer.ts';
import { type AnswerChange, answerChanges } from './answer-changes.ts';
import type { Level, Operation } from './difference.ts';
import { conjunctsOf, dig, type Node, resolved } from './document.ts';
import { unknownIn } from './keywords.ts';
import { expanded, narrowings, type Schema } from './narrowing.ts';
import { type ParameterChange, parameterChanges } from './parameter-changes.ts';

/** A change that matters to every call of an operation. */
interface OperationChange {
  readonly about: 'operation';
}

/** A change of a body as a whole. */
interface BodyChange {
  readonly about: 'body';
  /** Whether it matters to calls that send a body, or to those that send none. */
  readonly isSent: boolean;
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
  /** What it means to whoever uses what changes. */
  readonly level: Level;
  readonly of: AnswerChange | BodyChange | OperationChange | PagingChange | ParameterChange;
}

const METHODS = ['get', 'post'];

/** What differs for those who call a service. */
export function changesBetween(before: Node, after: Node): Change[] {
  const paths = Object.keys(Object(after['paths']));
  return operationsOf(before).flatMap(({ path, method }) => {
    const same = paths.find((candidate) => unnamed(candidate) === unnamed(path)) ?? path;
    const now = { document: after, path: same, method };
    return changesOf({ document: before, path, method }, now).map((change) => ({ path, method, ...change }));
  });
}

/** A path by which it is known, whatever its parameters are called. */
export const unnamed = (path: string): string => path.replaceAll(/\{[^{}]*\}/g, '{}');

type OwnChange = Pick<Change, 'text' | 'level' | 'of'>;

const ofOperation = (text: string, level: Level = 'breaking'): OwnChange => ({
  text,
  level,
  of: { about: 'operation' },
});

function changesOf(before: Operation, after: Operation): OwnChange[] {
  const operation = `${before.method.toUpperCase()} ${before.path}`;
  const [old, now] = [nodeOf(before), nodeOf(after)];
  if (!now || !old) return [ofOperation(`${operation} removed`)];
  if (isAnswered(before) && !isAnswered(after)) return [ofOperation(`${operation} answers no JSON with 200`)];
  return [
    ...(asksForMore(before, after) ? [ofOperation('asks for other credentials')] : []),
    ...bodyChanges(before, after),
    ...headerChanges(before, after),
    ...(now['deprecated'] === true && old['deprecated'] !== true
      ? [ofOperation(`${operation} is deprecated`, 'notice')]
      : []),
    ...(serversOf(before) === serversOf(after) ? [] : [ofOperation('stands on other servers', 'notice')]),
    ...newSuccesses(old, now).map((code) => ofOperation(`may answer with ${code}`, 'notice')),
    ...unknownIn('operation', old, now).map((name) => ofOperation(`${operation} has another ${name}`, 'unclear')),
    ...parameterChanges(before, after),
    ...answerChanges(before, after),
  ];
}

const nodeOf = ({ document, path, method }: Operation): Node | undefined =>
  dig(document, document, 'paths', path, method);

const isAnswered = ({ document, path, method }: Operation): boolean => answerOf(document, path, method) !== undefined;

/** What becomes of a body beside its properties, which are looked at like parameters. */
function bodyChanges(before: Operation, after: Operation): OwnChange[] {
  const [old, now] = [bodyOf(before), bodyOf(after)];
  if (!old.node && !now.node) return [];
  const isNeeded = now.node?.['required'] === true && old.node?.['required'] !== true;
  const needed = isNeeded ? [ofBody(old.node ? 'the body is required' : 'needs a body', 'breaking', false)] : [];
  if (old.schema === undefined) {
    // The old document describes no JSON body, so it cannot be told whether calls that send one still fit.
    return now.node ? [...needed, ofBody('has another description of its body', 'unclear', true)] : [];
  }
  if (now.schema === undefined) return [...needed, ofBody('takes another body', 'breaking', true)];
  const of = ({ document }: Operation, schema: unknown): Schema => ({
    document,
    schema: {
      allOf: conjunctsOf(document, schema).map(({ properties: _, required: __, allOf: ___, ...rest }) => rest),
    },
  });
  const narrowed = narrowings(of(before, old.schema), of(after, now.schema));
  return [
    ...needed,
    ...narrowed.map(({ text, isUnclear }) => ofBody(`the body ${text}`, isUnclear ? 'unclear' : 'breaking', true)),
  ];
}

/** What an operation takes, and the schema of it as JSON; undefined where it is not described. */
function bodyOf(operation: Operation): { readonly node: Node | undefined; readonly schema: unknown } {
  const { document } = operation;
  const node = dig(document, nodeOf(operation), 'requestBody');
  return { node, schema: node && dig(document, node, 'content', 'application/json')?.['schema'] };
}

const ofBody = (text: string, level: Level, isSent: boolean): OwnChange => ({
  text,
  level,
  of: { about: 'body', isSent },
});

/** Headers of the answer: lists are paged by Link, and all others say how long rows may be kept. */
function headerChanges(before: Operation, after: Operation): OwnChange[] {
  const headersOf = ({ document, path, method }: Operation) =>
    new Map(
      Object.entries(Object(successOf(document, path, method)?.['headers'])).map(([name, header]) => [
        name.toLowerCase(),
        { name, text: JSON.stringify(expanded(document, resolved(document, header))) },
      ]),
    );
  const now = headersOf(after);
  return [...headersOf(before)].flatMap(([id, { name, text }]): OwnChange[] => {
    if (now.get(id)?.text === text) return [];
    const words = `header ${name} ${now.has(id) ? 'is another one' : 'removed'}`;
    if (id !== 'link') return [ofOperation(words, 'notice')];
    return now.has(id) ? [] : [{ text: words, level: 'breaking', of: { about: 'paging' } }];
  });
}

function serversOf({ document, path, method }: Operation): string {
  const [own, shared] = [dig(document, document, 'paths', path, method), dig(document, document, 'paths', path)];
  const servers = Object.values(Object(own?.['servers'] ?? shared?.['servers'] ?? document['servers']));
  return JSON.stringify(servers.map((server) => Object(server).url));
}

/** Codes other than those that were there, which are no failures and need not come with JSON. */
function newSuccesses(old: Node, now: Node): string[] {
  const codesOf = ({ responses }: Node) => Object.keys(Object(responses));
  return codesOf(now).filter(
    (code) => /^[23]/.test(code) && code !== '304' && code !== '2XX' && !codesOf(old).includes(code),
  );
}

/** Whether credentials, or none, that were enough are not any more. */
function asksForMore(before: Operation, after: Operation): boolean {
  const now = waysIn(after);
  return waysIn(before).some((way) => !now.some((other) => other.every((need) => way.includes(need))));
}

/** What each way in needs: schemes by what they are, whatever they are called, and their scopes. None for a way without credentials. */
function waysIn(operation: Operation): string[][] {
  const { document } = operation;
  const ways = Object.values(Object(nodeOf(operation)?.['security'] ?? document['security'])).map((way) =>
    Object.entries(Object(way)).flatMap(([name, scopes]) => {
      const scheme = dig(document, document, 'components', 'securitySchemes', name);
      const id = scheme ? JSON.stringify(expanded(document, scheme)) : name;
      return [id, ...Object.values(Object(scopes)).map((scope) => `${id} ${scope}`)];
    }),
  );
  return ways.length === 0 ? [[]] : ways;
}

function operationsOf(document: Node): { readonly path: string; readonly method: string }[] {
  return Object.keys(Object(document['paths'])).flatMap((path) =>
    METHODS.filter((method) => dig(document, document, 'paths', path, method)).map((method) => ({ path, method })),
  );
}
