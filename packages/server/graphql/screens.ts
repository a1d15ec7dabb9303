import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, print, validate } from 'graphql';
import { InputError } from '../command/input-error.ts';
import { readJson } from '../command/json-file.ts';
import { withTypenames } from './typenames.ts';

/** A registered operation of a client. */
export interface Screen {
  /** Its operation's name, which is the screen's. */
  readonly name: string;
  /** By which clients ask for it: the SHA-256 of its text in hex, or what the client's own compiler calls it. */
  readonly id: string;
  readonly text: string;
  /** Parsed and validated. */
  readonly document: DocumentNode;
}

/** Every problem of a client's registered documents, a line each. */
export class ScreensError extends InputError {
  constructor(problems: readonly string[]) {
    super(`These documents do not fit:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** The id of a text: its SHA-256, in hex. */
export function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The screens in a folder of .graphql files. Throws ScreensError where one is not a single operation named like its file,
 * or does not fit the schema.
 */
export function readScreens(folder: string, schema: GraphQLSchema): Screen[] {
  if (!existsSync(folder))
    throw new ScreensError([`${folder} is missing: the client's screens have their place there.`]);
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const sources = files.sort().map((file) => {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    return { where: `${folder}/${file}`, id: idOf(text), text, name: basename(file, '.graphql') };
  });
  return allOf(sources, schema);
}

/** A screen in the form in which client libraries with a normalised cache send it. */
export function typenameVariant({ name, document }: Screen): Screen {
  const text = print(withTypenames(document));
  return { name, text, id: idOf(text), document: parse(text) };
}

/**
 * The documents in a folder of manifests that the client's own tools have written, each operation by its id: *.json in
 * the format of Apollo's generator (version 1), or a plain object of texts by their ids, as Relay's compiler writes it.
 * None where there is no such folder. Throws ScreensError.
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
  if (clashes.length > 0) throw new ScreensError(clashes.map(([id]) => `${folder}: two texts have the id ${id}.`));
  return allOf(sources, schema);
}

interface Source {
  /** Where it stands, for errors. */
  readonly where: string;
  readonly id: string;
  readonly text: string;
  /** What its operation has to be called; undefined for any name. */
  readonly name: string | undefined;
}

function allOf(sources: readonly Source[], schema: GraphQLSchema): Screen[] {
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

/** The screen, or all that is wrong with it. */
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
  // A file of manifests holds many, and their ids say little.
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
  if (!operations) throw new ScreensError([`${path} is no manifest: neither Apollo's, version 1, nor texts by ids.`]);
  const [forged] = operations.filter(({ id, body }) => SHA256.test(id) && id !== idOf(body));
  if (forged) throw new ScreensError([`${path}, ${forged.id}: the id is not the SHA-256 of the text.`]);
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHA256 = /^[0-9a-f]{64}$/;
