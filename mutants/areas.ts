import { globSync } from 'node:fs';

/** The areas whose mutants are drawn, each with the globs of its source files, relative to the project. */
export const AREAS: Readonly<Record<string, readonly string[]>> = {
  fetching: ['shared/downstream/*.ts', 'shared/downstream/policies/*.ts', 'shared/request/*.ts'],
  caching: [
    'shared/downstream/{cach,entity-cache,kept,keeping,at-once,second-level}*.ts',
    'shared/downstream/shared-cache/*.ts',
  ],
  execution: ['shared/graphql/*.ts', 'shared/graphql/fields/*.ts'],
  analysis: ['shared/graphql/analysis/*.ts', 'tools/impact/*.ts'],
  identity: ['shared/server/identity/*.ts', 'shared/server/identity-settings.ts'],
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
