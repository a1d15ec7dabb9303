import { suggestionList } from 'graphql/jsutils/suggestionList.js';

/** A sentence that suggests the most similar name; empty if no name is similar. */
export function didYouMean(name: string, names: readonly string[]): string {
  const [nearest] = suggestionList(name, names);
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}
