/** The package.json of what a client's frontends import. What it exports is generated. */
export function packageOf(client: string): string {
  const content = {
    name: `@facet/${client}-client`,
    version: '0.1.0',
    description: `The screens of the ${client} client as typed documents, and the manifest of them.`,
    license: 'MIT',
    private: true,
    type: 'module',
    sideEffects: false,
    files: ['*.generated.*'],
    exports: {
      '.': { types: './screens.generated.d.ts', default: './screens.generated.js' },
      './manifest.json': './manifest.generated.json',
    },
    dependencies: { '@graphql-typed-document-node/core': '^3.2.0' },
    peerDependencies: { graphql: '^16.0.0 || ^17.0.0' },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
