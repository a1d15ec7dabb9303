import { createHash } from 'node:crypto';
import type { Screen } from '../graphql/screens.ts';
import type { GraphQLParams } from './graphql-params.ts';

/** A client's registered screens, found by name, by their exact text, or by its SHA-256. */
export interface Registry {
  byName(name: string): Screen | undefined;
  /** The screen that a GraphQL request asks for; undefined where it is anything else. */
  of(params: GraphQLParams): Screen | undefined;
}

export function createRegistry(screens: readonly Screen[]): Registry {
  const names = new Map(screens.map((screen) => [screen.name, screen]));
  const texts = new Map(screens.map((screen) => [screen.text, screen]));
  const hashes = new Map(screens.map((screen) => [createHash('sha256').update(screen.text).digest('hex'), screen]));
  return {
    byName: (name) => names.get(name),
    of: ({ query, operationName, extensions }) => {
      const hash = hashIn(extensions);
      // A text with a hash is checked against it, and that is Apollo's to do.
      if (query !== undefined && hash !== undefined) return undefined;
      const screen = query === undefined ? hashes.get(hash ?? '') : texts.get(query);
      return operationName === undefined || operationName === screen?.name ? screen : undefined;
    },
  };
}

function hashIn(extensions: GraphQLParams['extensions']): string | undefined {
  const persisted = extensions['persistedQuery'];
  if (typeof persisted !== 'object' || persisted === null || !('sha256Hash' in persisted)) return undefined;
  return String(persisted.sha256Hash).toLowerCase();
}
