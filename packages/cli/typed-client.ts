import { readTypes } from '@facet/server/internal/graphql/schema.ts';
import { readScreens, type Screen, typenameVariant } from '@facet/server/internal/graphql/screens.ts';
import { generate } from '@graphql-codegen/cli';
import { getOperationAST, Kind, print, visit } from 'graphql';

export interface GeneratedFile {
  /** Relative to the project root. */
  readonly path: string;
  readonly content: string;
}

/**
 * Generates the package in bffs/CLIENT/client that frontends import: the screens as TypedDocumentNodes, in the form that client libraries
 * send, and the operation manifest. `config` is the configuration of graphql-codegen. Throws ScreensError.
 *
 * JavaScript and declarations are separate files, because types are not stripped in node_modules. The documents do not come from
 * codegen's plugin: they must be identical, character by character, to the documents that the server registers.
 */
export async function typedClient(client: string, config: object): Promise<GeneratedFile[]> {
  const schema = readTypes(`schemas/${client}.graphql`);
  const screens = readScreens(`bffs/${client}/screens`, schema);
  const sent = screens.map(typenameVariant);
  const header = `// Generated from bffs/${client}/screens/ and schemas/${client}.graphql by npm run generate.\n\n`;
  const types = await screenTypes(client, sent, config);
  const files = {
    'screens.generated.js': `${header}${sent.map(constantOf).join('\n')}\n${FUNCTIONS}`,
    'screens.generated.d.ts': `${header}${IMPORTS}\n${types}\n${sent.map(declarationOf).join('\n')}\n${DECLARATIONS}`,
    'manifest.generated.json': manifestOf([...screens, ...sent]),
  };
  return Object.entries(files).map(([name, content]) => ({ path: `bffs/${client}/client/${name}`, content }));
}

const FUNCTIONS = `
export function isScreen(document) {
  return typeof document.documentId === 'string';
}

export function idOf(document) {
  if (isScreen(document)) return document.documentId;
  const name = document.definitions.find(({ kind }) => kind === 'OperationDefinition')?.name?.value ?? 'An operation';
  throw new Error(\`\${name} is not a registered screen, so it has no id.\`);
}
`;

const IMPORTS = `import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { DocumentNode } from 'graphql';
`;

const DECLARATIONS = `
/** Whether a document is a screen exported here, or a client library's copy of one. */
export declare function isScreen(document: DocumentNode): boolean;
/** The id under which the server has registered a screen. Throws an Error for any other document. */
export declare function idOf(document: DocumentNode): string;
`;

function constantOf({ name, id, document: { definitions } }: Screen): string {
  const document = { kind: Kind.DOCUMENT, documentId: id, definitions };
  const json = JSON.stringify(document, (key, value) => (isOptional(key, value) ? undefined : value));
  return `export const ${name}Document = ${json};`;
}

/** Whether a property of a syntax tree can be omitted. Empty list values are kept. */
function isOptional(key: string, value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return key === 'loc' || (isEmpty && ['arguments', 'directives', 'variableDefinitions'].includes(key));
}

function declarationOf(screen: Screen): string {
  const type = operationTypeOf(screen);
  return `export declare const ${screen.name}Document: TypedDocumentNode<${type}, ${type}Variables>;`;
}

/**
 * The manifest in the format of Apollo's generator, version 1. Tools that look up operations by name take the last entry of a name, so
 * the entry with __typename comes last.
 */
function manifestOf(screens: readonly Screen[]): string {
  const operations = screens.map(({ id, name, text, document }) => ({
    id,
    name,
    type: getOperationAST(document)?.operation,
    body: text,
  }));
  return `${JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }, null, 2)}\n`;
}

/** The type declarations of the screens' results and variables. `config` is the configuration of graphql-codegen. */
async function screenTypes(
  client: string,
  screens: readonly Screen[],
  config: { readonly scalars?: object },
): Promise<string> {
  const filename = `bffs/${client}/client/screens.generated.d.ts`;
  const options = { namingConvention: 'keep', extractAllFieldsToTypesCompact: true, printFieldsOnNewLines: true };
  // Services may use numeric ids, but GraphQL always returns an ID as a string.
  const scalars = { ...config.scalars, ID: 'string' };
  const context = {
    silent: true,
    schema: `schemas/${client}.graphql`,
    documents: screens.map(withOwnFragments).join('\n'),
    generates: { [filename]: { plugins: ['typescript-operations'], config: { ...config, ...options, scalars } } },
  };
  const made: { content: string }[] = await generate(context, false);
  return made.map(({ content }) => asInterfaces(content)).join('');
}

/** The name that codegen gives to the type of a screen's result. */
function operationTypeOf({ name, document }: Screen): string {
  const kind = getOperationAST(document)?.operation ?? 'query';
  return `${name}${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

/** Prefixes the screen's fragments with its name, because fragments of different screens may have the same name. */
function withOwnFragments({ name, document }: Screen): string {
  const own = <Node extends { readonly name: { readonly value: string } }>(node: Node): Node => ({
    ...node,
    name: { ...node.name, value: `${name}_${node.name.value}` },
  });
  return print(visit(document, { FragmentDefinition: own, FragmentSpread: own }));
}

/** Turns type aliases into interfaces, because compiler errors name interfaces but expand aliases. Removes codegen's helper types. */
function asInterfaces(types: string): string {
  return `${types
    .replaceAll(/^\/\*\* Internal type.*\n.*\n/gm, '')
    .replaceAll(/^export type (\w+) = (?:Exact<)?(\{[^{}]*\})>?;$/gm, 'export interface $1 $2')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
