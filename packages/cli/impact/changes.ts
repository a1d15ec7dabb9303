import { answerOf, successOf } from './answer.ts';
import { type AnswerChange, answerChanges } from './answer-changes.ts';
import type { Level, Operation } from './document.ts';
import { conjunctsOf, dig, type Node, resolved, unknownIn } from './document.ts';
import { expanded, narrowings, type Schema } from './narrowing.ts';
import { type ParameterChange, parameterChanges } from './parameter-changes.ts';

/** A change that affects every call of an operation. */
interface OperationChange {
  readonly about: 'operation';
}

/** A change of the request body as a whole. */
interface BodyChange {
  readonly about: 'body';
  /** Whether it affects calls that send a body, or calls that do not. */
  readonly isSent: boolean;
}

/** A change of the Link header that paged lists depend on. */
interface PagingChange {
  readonly about: 'paging';
}

export interface Change {
  /** The path in the old document. */
  readonly path: string;
  readonly method: string;
  /** Description for people. */
  readonly text: string;
  readonly level: Level;
  readonly of: AnswerChange | BodyChange | OperationChange | PagingChange | ParameterChange;
}

const METHODS = ['get', 'post'];

/** The changes between two OpenAPI documents that may affect callers of the service. */
export function changesBetween(before: Node, after: Node): Change[] {
  const paths = Object.keys(Object(after['paths']));
  return operationsOf(before).flatMap(({ path, method }) => {
    const same = paths.find((candidate) => unnamed(candidate) === unnamed(path)) ?? path;
    const now = { document: after, path: same, method };
    return changesOf({ document: before, path, method }, now).map((change) => ({ path, method, ...change }));
  });
}

/** The path without the names of its parameters. Renaming a parameter is not a change. */
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
  if (isAnswered(before) && !isAnswered(after))
    return [ofOperation(`${operation} no longer returns JSON with status 200`)];
  return [
    ...(requiresOtherCredentials(before, after) ? [ofOperation('requires other credentials')] : []),
    ...bodyChanges(before, after),
    ...headerChanges(before, after),
    ...(now['deprecated'] === true && old['deprecated'] !== true
      ? [ofOperation(`${operation} is deprecated`, 'notice')]
      : []),
    ...(serversOf(before) === serversOf(after) ? [] : [ofOperation('has other servers', 'notice')]),
    ...newSuccesses(old, now).map((code) => ofOperation(`may return ${code}`, 'notice')),
    ...unknownIn('operation', old, now).map((name) => ofOperation(`${operation} has a different ${name}`, 'unclear')),
    ...parameterChanges(before, after),
    ...answerChanges(before, after),
  ];
}

const nodeOf = ({ document, path, method }: Operation): Node | undefined =>
  dig(document, document, 'paths', path, method);

const isAnswered = ({ document, path, method }: Operation): boolean => answerOf(document, path, method) !== undefined;

/** The changes of the request body, except for its properties: these are compared like parameters. */
function bodyChanges(before: Operation, after: Operation): OwnChange[] {
  const [old, now] = [bodyOf(before), bodyOf(after)];
  if (!old.node && !now.node) return [];
  const isNeeded = now.node?.['required'] === true && old.node?.['required'] !== true;
  const needed = isNeeded ? [ofBody(old.node ? 'the body is required' : 'requires a body', 'breaking', false)] : [];
  if (old.schema === undefined) {
    // The old document describes no JSON body, so it is unclear whether calls that send one are still valid.
    return now.node ? [...needed, ofBody('describes its body differently', 'unclear', true)] : [];
  }
  if (now.schema === undefined) return [...needed, ofBody('accepts a different body', 'breaking', true)];
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

/** The request body of an operation and its JSON schema; undefined if they are not described. */
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

/** The changes of response headers. Only Link can break a client, because lists are paged by it. */
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
    const words = `header ${name} ${now.has(id) ? 'has changed' : 'removed'}`;
    if (id !== 'link') return [ofOperation(words, 'notice')];
    return now.has(id) ? [] : [{ text: words, level: 'breaking', of: { about: 'paging' } }];
  });
}

function serversOf({ document, path, method }: Operation): string {
  const [own, shared] = [dig(document, document, 'paths', path, method), dig(document, document, 'paths', path)];
  const servers = Object.values(Object(own?.['servers'] ?? shared?.['servers'] ?? document['servers']));
  return JSON.stringify(servers.map((server) => Object(server).url));
}

/** New success and redirect status codes, whose responses may have no JSON. */
function newSuccesses(old: Node, now: Node): string[] {
  const codesOf = ({ responses }: Node) => Object.keys(Object(responses));
  return codesOf(now).filter(
    (code) => /^[23]/.test(code) && code !== '304' && code !== '2XX' && !codesOf(old).includes(code),
  );
}

/** Whether credentials that were sufficient before are not sufficient any more. */
function requiresOtherCredentials(before: Operation, after: Operation): boolean {
  const now = securityOf(after);
  return securityOf(before).some((old) => !now.some((option) => option.every((need) => old.includes(need))));
}

/**
 * The alternative security requirements of an operation: schemes, identified by their definition instead of their name, and scopes.
 * An empty list stands for access without credentials.
 */
function securityOf(operation: Operation): string[][] {
  const { document } = operation;
  const options = Object.values(Object(nodeOf(operation)?.['security'] ?? document['security'])).map((option) =>
    Object.entries(Object(option)).flatMap(([name, scopes]) => {
      const scheme = dig(document, document, 'components', 'securitySchemes', name);
      const id = scheme ? JSON.stringify(expanded(document, scheme)) : name;
      return [id, ...Object.values(Object(scopes)).map((scope) => `${id} ${scope}`)];
    }),
  );
  return options.length === 0 ? [[]] : options;
}

function operationsOf(document: Node): { readonly path: string; readonly method: string }[] {
  return Object.keys(Object(document['paths'])).flatMap((path) =>
    METHODS.filter((method) => dig(document, document, 'paths', path, method)).map((method) => ({ path, method })),
  );
}
