import { readTypes } from '@facet/server/internal/graphql/schema.ts';
import { readScreens, type Screen, typenameVariant } from '@facet/server/internal/graphql/screens.ts';
import { getOperationAST, Kind } from 'graphql';
import { operationTypeOf, screenTypes } from './typed-client/screen-types.ts';

export interface GeneratedFile {
  /** Below the project's folder. */
  readonly path: string;
  readonly content: string;
}

/**
 * What a client's frontends import from bffs/CLIENT/client: its screens as TypedDocumentNodes, in the form in which
 * client libraries send them, and the manifest of all that its server has registered of them. `config` is codegen's.
 * Throws ScreensError.
 *
 * Modules and declarations apart, since nobody takes the types out of what lies in node_modules. The documents are not
 * those of codegen's plugin: they have to be what the server goes by, to the letter.
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
  throw new Error(\`\${name} is no screen: only those have an id.\`);
}
`;

const IMPORTS = `import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { DocumentNode } from 'graphql';
`;

const DECLARATIONS = `
/** Whether a document is a screen, as it is exported here or as a client library hands it on. */
export declare function isScreen(document: DocumentNode): boolean;
/** The id by which the server knows a screen. Throws an Error for any other document. */
export declare function idOf(document: DocumentNode): string;
`;

function constantOf({ name, id, document: { definitions } }: Screen): string {
  const document = { kind: Kind.DOCUMENT, documentId: id, definitions };
  const json = JSON.stringify(document, (key, value) => (isOptional(key, value) ? undefined : value));
  return `export const ${name}Document = ${json};`;
}

/** What nobody misses of a syntax tree. An empty list among the values stays. */
function isOptional(key: string, value: unknown): boolean {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return key === 'loc' || (isEmpty && ['arguments', 'directives', 'variableDefinitions'].includes(key));
}

function declarationOf(screen: Screen): string {
  const type = operationTypeOf(screen);
  return `export declare const ${screen.name}Document: TypedDocumentNode<${type}, ${type}Variables>;`;
}

/**
 * The manifest that Apollo's generator writes, version 1. Readers of it that go by names take the last entry of a name:
 * it is the one with __typename.
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
