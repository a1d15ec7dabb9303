import { suggestionList } from 'graphql/jsutils/suggestionList.js';

/** A sentence that tells the name most like this one; empty where none is like it. */
export function didYouMean(name: string, names: readonly string[]): string {
  const [nearest] = suggestionList(name, names);
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}
