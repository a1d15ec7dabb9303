import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  validate,
  visit,
} from 'graphql';
import { InputError } from '../command/input-error.ts';
import { readJson } from '../command/json-file.ts';
import { isObject } from '../request/guards.ts';

/** A registered operation of a client. */
export interface Screen {
  /** The name of its operation. */
  readonly name: string;
  /** The id in requests: the SHA-256 of the text in hex, or the id from the client's own compiler. */
  readonly id: string;
  readonly text: string;
  /** Parsed and validated. */
  readonly document: DocumentNode;
}

/** All problems of a client's registered documents, one per line. */
export class ScreensError extends InputError {
  constructor(problems: readonly string[]) {
    super(`These documents are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** The id of a document: the SHA-256 of its text, in hex. */
export function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Reads the screens in a directory of .graphql files. Each file has one operation with the file's name, valid for the schema. Throws a
 * ScreensError with all problems.
 */
export function readScreens(folder: string, schema: GraphQLSchema): Screen[] {
  if (!existsSync(folder)) throw new ScreensError([`${folder} is missing. It contains the client's screens.`]);
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const sources = files.sort().map((file) => {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    return { where: `${folder}/${file}`, id: idOf(text), text, name: basename(file, '.graphql') };
  });
  return validScreens(sources, schema);
}

/** The variant of a screen that client libraries with a normalised cache send: with `__typename` in the selection sets. */
export function typenameVariant({ name, document }: Screen): Screen {
  const text = print(withTypenames(document));
  return { name, text, id: idOf(text), document: parse(text) };
}

/**
 * Reads the manifests (*.json) that a client's own tools write: persisted query manifests of Apollo, version 1, or objects of texts by
 * id, as Relay's compiler writes them. Returns [] if the directory does not exist. Throws a ScreensError with all problems.
 */
export function readManifests(folder: string, schema: GraphQLSchema): Screen[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const sources = files.sort().flatMap((file) => {
    const path = `${folder}/${file}`;
    return operationsIn(path).map(({ id, body }) => ({ where: `${path}, ${id}`, id, text: body, name: undefined }));
  });
  const texts = Map.groupBy(sources, ({ id }) => id);
  const clashes = [...texts].filter(([, same]) => new Set(same.map(({ text }) => text)).size > 1);
  if (clashes.length > 0)
    throw new ScreensError(clashes.map(([id]) => `${folder}: two different texts have the id ${id}.`));
  return validScreens(sources, schema);
}

interface Source {
  /** The location in problems. */
  readonly where: string;
  readonly id: string;
  readonly text: string;
  /** The required name of its operation. Undefined: any name. */
  readonly name: string | undefined;
}

function validScreens(sources: readonly Source[], schema: GraphQLSchema): Screen[] {
  const problems: string[] = [];
  const screens = sources.flatMap((source): Screen[] => {
    const read = screenOf(source, schema);
    if (!Array.isArray(read)) return [read];
    problems.push(...read);
    return [];
  });
  if (problems.length > 0) throw new ScreensError(problems);
  return screens;
}

/** The screen, or its problems. */
function screenOf({ where, id, text, name }: Source, schema: GraphQLSchema): Screen | string[] {
  const document = parsed(text);
  if (document instanceof GraphQLError) return [problemAt(where, document)];
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const operationName = operations[0]?.name?.value;
  if (operations.length !== 1 || operationName === undefined || operationName !== (name ?? operationName)) {
    return [`${where} must hold one operation${name === undefined ? ' with a name' : `, named ${name}`}.`];
  }
  const errors = validate(schema, document);
  if (errors.length === 0) return { name: operationName, id, text, document };
  // A manifest has many operations; their ids do not help the reader.
  const at = name === undefined ? `${where}, ${operationName}` : where;
  return errors.map((error) => problemAt(at, error));
}

function parsed(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function problemAt(where: string, { locations, message }: GraphQLError): string {
  const [{ line, column } = { line: 1, column: 1 }] = locations ?? [];
  return `${where}:${line}:${column}: ${message}`;
}

interface ManifestOperation {
  readonly id: string;
  readonly body: string;
}

function operationsIn(path: string): ManifestOperation[] {
  const read = readJson(path);
  if ('problem' in read) throw new ScreensError([read.problem]);
  const manifest = read.json;
  const operations = isObject(manifest) ? (apolloOperations(manifest) ?? relayOperations(manifest)) : undefined;
  if (!operations)
    throw new ScreensError([`${path} is not a manifest: neither Apollo's, version 1, nor an object of texts by id.`]);
  const [mismatch] = operations.filter(({ id, body }) => SHA256.test(id) && id !== idOf(body));
  if (mismatch) throw new ScreensError([`${path}, ${mismatch.id}: the id is not the SHA-256 of the text.`]);
  return operations;
}

function apolloOperations(manifest: Readonly<Record<string, unknown>>): ManifestOperation[] | undefined {
  const { format, version, operations } = manifest;
  if (format !== 'apollo-persisted-query-manifest' || version !== 1 || !Array.isArray(operations)) return undefined;
  return operations.every(isOperation) ? operations : undefined;
}

function relayOperations(manifest: Readonly<Record<string, unknown>>): ManifestOperation[] | undefined {
  const operations = Object.entries(manifest).map(([id, body]) => ({ id, body }));
  return operations.every(isOperation) ? operations : undefined;
}

function isOperation(value: unknown): value is ManifestOperation {
  return isObject(value) && typeof value['id'] === 'string' && typeof value['body'] === 'string';
}

/** Adds `__typename` as the last field of every selection set except the operation's own. */
function withTypenames(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet: {
      enter(node, _key, parent) {
        const isOperation = parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
        const hasTypename = node.selections.some((field) => field.kind === Kind.FIELD && isTypename(field));
        return isOperation || hasTypename ? undefined : { ...node, selections: [...node.selections, TYPENAME] };
      },
    },
  });
}

const isTypename = ({ name, alias }: FieldNode): boolean => name.value === TYPENAME.name.value && alias === undefined;

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

const SHA256 = /^[0-9a-f]{64}$/;
