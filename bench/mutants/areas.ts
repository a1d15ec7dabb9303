import { globSync } from 'node:fs';

/** The areas whose mutants are drawn, each with the globs of its source files, relative to the project. */
export const AREAS: Readonly<Record<string, readonly string[]>> = {
  fetching: [
    'packages/server/downstream/*.ts',
    'packages/server/downstream/{batching,http,policies}/*.ts',
    'packages/server/request/*.ts',
  ],
  caching: ['packages/server/downstream/cache/**/*.ts'],
  execution: ['packages/server/graphql/*.ts', 'packages/server/graphql/fields/*.ts'],
  analysis: ['packages/server/graphql/analysis/*.ts', 'packages/cli/impact/*.ts'],
  identity: ['packages/server/http/identity/*.ts', 'packages/server/http/settings/identity.ts'],
};

/** Every source file of the areas, with the last area that names it. Tests and generated files are left out. */
export function sourceFiles(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [area, globs] of Object.entries(AREAS)) {
    for (const file of globSync([...globs], { cwd: root })) {
      if (!/\.(test|generated|types)\.ts$/.test(file)) files.set(file, area);
    }
  }
  return files;
}
