import type { Screen } from '@facet/server/internal/graphql/screens.ts';
import { generate } from '@graphql-codegen/cli';
import { getOperationAST, print, visit } from 'graphql';

/** The declarations of what a client's screens answer and of their variables. `config` is codegen's. */
export async function screenTypes(
  client: string,
  screens: readonly Screen[],
  config: { readonly scalars?: object },
): Promise<string> {
  const filename = `bffs/${client}/client/screens.generated.d.ts`;
  const options = { namingConvention: 'keep', extractAllFieldsToTypesCompact: true, printFieldsOnNewLines: true };
  // A row's id may be a number, what arrives of it is a text.
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

/** The name of a screen's result, as codegen makes it. */
export function operationTypeOf({ name, document }: Screen): string {
  const kind = getOperationAST(document)?.operation ?? 'query';
  return `${name}${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

/** A screen's fragments are its own: those of another one may have the same names. */
function withOwnFragments({ name, document }: Screen): string {
  const own = <Node extends { readonly name: { readonly value: string } }>(node: Node): Node => ({
    ...node,
    name: { ...node.name, value: `${name}_${node.name.value}` },
  });
  return print(visit(document, { FragmentDefinition: own, FragmentSpread: own }));
}

/** The compiler calls an interface by its name, and spells out an alias. Codegen's helpers are not needed then. */
function asInterfaces(types: string): string {
  return `${types
    .replaceAll(/^\/\*\* Internal type.*\n.*\n/gm, '')
    .replaceAll(/^export type (\w+) = (?:Exact<)?(\{[^{}]*\})>?;$/gm, 'export interface $1 $2')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
