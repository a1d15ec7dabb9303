import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type DocumentNode, type GraphQLSchema, Kind, parse, validate } from 'graphql';

/** A registered operation of a client; its operation's name is the screen's. */
export interface Screen {
  readonly name: string;
  readonly text: string;
  /** Parsed and validated. */
  readonly document: DocumentNode;
}

/** The screens in a folder of .graphql files; throws where one is not a single valid operation named like its file. */
export function readScreens(folder: string, schema: GraphQLSchema): Screen[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  return files.sort().map((file) => readScreen(`${folder}/${file}`, schema));
}

function readScreen(path: string, schema: GraphQLSchema): Screen {
  const name = basename(path, '.graphql');
  const text = readFileSync(path, 'utf8');
  const document = parse(text);
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1 || operations[0]?.name?.value !== name) {
    throw new Error(`${path} must hold one operation, named ${name}.`);
  }
  const [error] = validate(schema, document);
  if (error) {
    const line = error.locations?.[0]?.line ?? 1;
    throw new Error(`${path}:${line}: ${error.message}`);
  }
  return { name, text, document };
}
