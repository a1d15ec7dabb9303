import { existsSync } from 'node:fs';
import { type Budget, readBudget } from '@facet/server/internal/graphql/budget.ts';
import { readSchema } from '@facet/server/internal/graphql/schema.ts';
import { readManifests, readScreens } from '@facet/server/internal/graphql/screens.ts';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import type { Client } from './service.ts';

/** A client with what its folder and its schema file say. Throws where a screen does not fit the schema. */
export function readClient(bff: Bff, root: string): Client & { readonly budget: Budget } {
  const { client: name, resolvers, publicSchema = false } = bff;
  const folder = `${root}bffs/${name}`;
  const schema = readSchema(`${root}schemas/${name}.graphql`, resolvers);
  const documents = readManifests(bff.manifests ?? `${folder}/documents`, schema);
  return {
    name,
    schema,
    screens: [...readScreens(`${folder}/screens`, schema), ...documents],
    isOpen: publicSchema,
    budget: existsSync(`${folder}/budget.json`)
      ? readBudget(`${folder}/budget.json`)
      : { screens: {}, adHoc: { calls: 0 } },
  };
}
